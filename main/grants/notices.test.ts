import { describe, expect, it } from 'vitest';
import type { AppState } from '../../shared/ipc.ts';
import { openNotices } from './notices.ts';

/** States of which only what a notice speaks of counts here. */
const live = (left_ms: number, tx = 'idle', id = 'one', changed: object = {}) =>
  ({
    phase: 'live',
    grant: {
      id,
      left_ms,
      expires_at: '2026-11-23T14:32:00.000Z',
      target: { label: 'Orders' },
      elevation: null,
      waiting: [],
      ...changed,
    },
    connection: { tx },
  }) as unknown as AppState;
const closing = (why: string) => ({ phase: 'closing', why, grant: { target: { label: 'Orders' } } }) as AppState;
const request = { alone: false, target: { label: 'Orders' }, ticket: 'INC-4711' };
const waiting = { phase: 'waiting', request } as AppState;
const locked = (message: string | null) =>
  ({ phase: 'locked', problem: message === null ? null : { code: 'denied', message, hint: null } }) as AppState;
const activating = (alone: boolean) => ({ phase: 'activating', request: { ...request, alone } }) as AppState;

const titles = (...states: AppState[]): (string | undefined)[] => states.map(openNotices()).map((one) => one?.title);

describe('the notices of the desktop', () => {
  it('say five minutes and one minute once each, with the hour at which it ends (I3)', () => {
    const noticeOf = openNotices();
    const said = [310_000, 299_900, 298_900, 60_100, 59_100, 58_000].map((left) => noticeOf(live(left)));
    expect(said.map((one) => one?.title)).toEqual([
      undefined,
      '5 minutes left: Orders',
      undefined,
      undefined,
      '1 minute left: Orders',
      undefined,
    ]);
    expect(said[1]?.body).toMatch(/^The glass closes at \d\d:\d\d\.$/);
  });
  it('say what becomes of an open transaction', () => {
    const noticeOf = openNotices();
    noticeOf(live(61_000, 'transaction'));
    expect(noticeOf(live(59_000, 'transaction'))?.body).toContain('The open transaction is rolled back then.');
  });
  it('say what became of a change, and the end of write access', () => {
    const changed = (more: object) => live(900_000, 'idle', 'one', more);
    const elevation = { tables: ['shop.orders'], until: '2026-11-23T14:20:00.000Z', left_ms: 1 };
    const waits = (kind: string) => changed({ waiting: [{ id: kind, kind }] });
    expect(titles(waits('elevate'), changed({ elevation }), changed({}))).toEqual([
      undefined,
      'You may write: Orders',
      'Write access is over: Orders',
    ]);
    expect(titles(waits('elevate'), changed({}))).toEqual([undefined, 'No write access: Orders']);
    expect(titles(waits('extend'), changed({}))).toEqual([undefined, 'No more time: Orders']);
    const later = changed({ expires_at: '2026-11-23T14:40:00.000Z' });
    expect(titles(waits('extend'), later)).toEqual([undefined, 'More time: Orders']);
  });
  it('say only the later mark after a sleep, and none for a grant that begins below one', () => {
    expect(titles(live(900_000), live(30_000))).toEqual([undefined, '1 minute left: Orders']);
    expect(titles(live(120_000), live(119_000))).toEqual([undefined, undefined]);
    expect(titles(live(900_000), live(120_000, 'idle', 'another'))).toEqual([undefined, undefined]);
  });
  it.each([
    ['expired', 'The glass is closed: Orders'],
    ['revoked', 'The glass is closed: Orders'],
    ['handed_back', undefined],
  ])('say an end that came from outside: %s', (why, title) =>
    expect(titles(live(900_000), closing(why))).toEqual([undefined, title]),
  );
  it('say how a request was answered to whoever waited for others', () => {
    expect(titles(waiting, activating(false), live(900_000))).toEqual([
      undefined,
      undefined,
      'The glass is open: Orders',
    ]);
    expect(titles(activating(true), live(900_000))).toEqual([undefined, undefined]);
    expect(titles(waiting, locked(null))).toEqual([undefined, undefined]);
    expect(titles(locked('The reason is too short.'))).toEqual([undefined]);
  });
  it('show the words of an approver as what they are, and not all of a long text', () => {
    const noticeOf = openNotices();
    noticeOf(waiting);
    const notice = noticeOf(locked(`Your request was denied: “no\u202e\n${'x'.repeat(500)}”`));
    expect(notice?.title).toBe('No access: Orders, INC-4711');
    expect(notice?.body).toMatch(/^Your request was denied: “no\[U\+202E\]␊x+$/);
    expect(notice?.body).toHaveLength(200);
  });
});
