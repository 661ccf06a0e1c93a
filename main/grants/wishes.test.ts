import { describe, expect, it } from 'vitest';
import type { Settings, TransactionMode } from '../../shared/ipc.ts';
import { firstSettings } from '../../shared/settings.ts';
import { wishesOf } from './wishes.ts';

const held = (initial: Partial<Settings>, last: TransactionMode = 'manual') => {
  let settings: Settings = { ...firstSettings, ...initial };
  const files = {
    settings: { read: () => settings, write: () => undefined, mishap: null },
    transactionMode: { read: () => last, write: () => undefined, mishap: null },
  };
  return {
    of: (target: string) => wishesOf(files, target),
    set(part: Partial<Settings>) {
      settings = { ...settings, ...part };
    },
  };
};

describe('what a person wishes of a live grant', () => {
  it('is asked for anew each time, because settings change while a grant lives', () => {
    const now = held({});
    const wishes = now.of('orders');
    expect([wishes.statementTimeoutMs(), wishes.keepRows(), wishes.confirmsWrites()]).toEqual([null, 200_000, false]);
    now.set({ statement_timeout_s: 5, result_rows: 1000, confirm_writes: 'every' });
    expect([wishes.statementTimeoutMs(), wishes.keepRows(), wishes.confirmsWrites()]).toEqual([5000, 1000, true]);
    now.set({ targets: { orders: { statement_timeout_s: 2, confirm_writes: 'risky' } } });
    expect([wishes.statementTimeoutMs(), wishes.confirmsWrites()]).toEqual([2000, false]);
    expect(now.of('billing').statementTimeoutMs()).toBe(5000);
  });
  it('begins with the mode that the last grant was left in, unless one is set', () => {
    expect(held({}).of('orders').mode()).toBe('manual');
    expect(held({ transaction_mode: 'auto' }).of('orders').mode()).toBe('auto');
    expect(
      held({ targets: { orders: { transaction_mode: 'auto' } } })
        .of('orders')
        .mode(),
    ).toBe('auto');
  });
});
