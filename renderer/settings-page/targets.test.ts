import { describe, expect, it } from 'vitest';
import { firstSettings } from '../../shared/settings.ts';
import { type Target, targetsOf, withFound, withOwn } from './targets.ts';

const orders: Target = { id: 'orders', label: 'Orders', environment: 'production' };
const billing: Target = { id: 'billing', label: 'Billing', environment: 'staging' };

describe('the targets that the settings know', () => {
  it('are those that were seen, by name, and stay the same array while nothing is new', () => {
    const seen = withFound([], [orders, billing]);
    expect(withFound(seen, [{ ...orders }])).toBe(seen);
    expect(withFound(seen, [{ ...orders, label: 'Orders 2' }])[0]?.label).toBe('Orders 2');
    expect(targetsOf(seen, firstSettings)).toEqual([billing, orders]);
  });
  it('are also those that something was set for earlier, as they were called then', () => {
    const targets = withOwn(firstSettings, billing, { colour: 'grey' });
    expect(targetsOf([], { ...firstSettings, targets })).toEqual([billing]);
    expect(targetsOf([{ ...billing, label: 'Bills' }], { ...firstSettings, targets })[0]?.label).toBe('Bills');
    expect(targetsOf([], { ...firstSettings, targets: { x: { colour: 'grey' } } })[0]?.label).toBe('x');
  });
});

describe('what a target has for itself', () => {
  it('is kept beside what other targets have', () => {
    const settings = { ...firstSettings, targets: { billing: { colour: 'grey' } } } as const;
    expect(withOwn(settings, orders, { statement_timeout_s: 5 })).toEqual({
      billing: { colour: 'grey' },
      orders: { statement_timeout_s: 5, label: 'Orders', environment: 'production' },
    });
  });
  it('is gone with its last value, and an empty note is none', () => {
    const targets = withOwn(firstSettings, orders, { note: 'x', colour: 'blue' });
    const without = withOwn({ ...firstSettings, targets }, orders, { colour: undefined });
    expect(without.orders).toEqual({ note: 'x', label: 'Orders', environment: 'production' });
    expect(withOwn({ ...firstSettings, targets: without }, orders, { note: '' })).toEqual({});
  });
});
