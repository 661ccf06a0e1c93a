import { describe, expect, it } from 'vitest';
import type { AppState } from '../../shared/ipc.ts';
import { progressOf, titleOf } from './view.ts';

/** A live state of which only the time counts here. */
const live = (left_ms: number): AppState =>
  ({ phase: 'live', grant: { left_ms, total_ms: 1_800_000, target: { label: 'Orders' } } }) as AppState;

describe('the taskbar', () => {
  it.each([
    [1_800_000, { share: 1, mode: 'normal' }],
    [900_000, { share: 0.5, mode: 'normal' }],
    [300_000, { share: 1 / 6, mode: 'paused' }],
    [60_000, { share: 1 / 30, mode: 'error' }],
    [0, { share: 0, mode: 'error' }],
  ] as const)('shows %d ms of half an hour as %o', (left, shown) => expect(progressOf(live(left))).toEqual(shown));
  it('shows nothing while the glass is not open', () =>
    expect(progressOf({ phase: 'starting', problem: null })).toBeNull());
  it('counts in the title, in words that a glance can read', () => {
    expect(titleOf(live(1_421_000))).toBe('23:41 · Orders · Vitrine');
    expect(titleOf({ phase: 'starting', problem: null })).toBe('Vitrine');
  });
});
