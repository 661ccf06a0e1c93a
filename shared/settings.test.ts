import { describe, expect, it } from 'vitest';
import type { Settings } from './ipc-settings.ts';
import { settings as schema } from './ipc-settings.ts';
import { colourOf, firstSettings, noteOf, settingsFor } from './settings.ts';

const having = (part: Partial<Settings>): Settings => ({ ...firstSettings, ...part });

describe('the settings of a target', () => {
  it('are as everywhere where it has none of its own', () => {
    expect(settingsFor(having({ statement_timeout_s: 30, result_rows: 1000 }), 'orders')).toEqual({
      statement_timeout_s: 30,
      result_rows: 1000,
      transaction_mode: 'last',
      confirm_writes: 'risky',
    });
  });
  it('are its own, one by one, and leave other targets alone', () => {
    const settings = having({
      statement_timeout_s: 30,
      confirm_writes: 'every',
      targets: { orders: { statement_timeout_s: 5, transaction_mode: 'manual', confirm_writes: 'risky' } },
    });
    expect(settingsFor(settings, 'orders')).toEqual({
      statement_timeout_s: 5,
      result_rows: 200_000,
      transaction_mode: 'manual',
      confirm_writes: 'risky',
    });
    expect(settingsFor(settings, 'billing')).toMatchObject({ statement_timeout_s: 30, confirm_writes: 'every' });
  });
  it('give it the colour of its environment until it has one, or none', () => {
    const orders = { id: 'orders', environment: 'production' } as const;
    expect(colourOf(firstSettings, orders)).toBe('pink');
    expect(colourOf(firstSettings, { ...orders, environment: 'staging' })).toBe('olive');
    expect(colourOf(having({ targets: { orders: { colour: 'none' } } }), orders)).toBe('none');
    expect(noteOf(having({ targets: { orders: { note: 'a replica' } } }), 'orders')).toBe('a replica');
    expect(noteOf(firstSettings, 'constructor')).toBe('');
  });
  it('begin with values that may be saved', () => {
    expect(schema.parse(firstSettings)).toEqual(firstSettings);
  });
});
