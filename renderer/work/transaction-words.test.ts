import { describe, expect, it } from 'vitest';
import { connection, opened } from '../gallery/data.ts';
import { contents, nearlyIdle, stake, transactionWords } from './transaction-words.ts';

const ends = '2026-11-23T14:32:11.000Z';
const open = connection(opened(248));
const { open: held } = open;

describe('the open transaction, in words', () => {
  it('says the most urgent thing: the end of the grant, the server’s patience, the failure, that it is open', () => {
    const say = (state: typeof open, idleS: number | null, grantS: number) =>
      transactionWords(state, idleS === null ? null : idleS * 1000, grantS * 1000, ends);
    expect(say(connection(), null, 1200)).toEqual({ kind: '', text: 'No open transaction' });
    expect(say(open, 248, 1200)).toEqual({ kind: 'warn', text: 'Transaction open since 14:02 UTC' });
    expect(say(open, 48, 1200)).toEqual({
      kind: 'warn',
      text: 'Idle transaction: rolled back in 00:48',
    });
    const failed = connection({ ...opened(248), tx: 'failed' });
    expect(say(failed, 248, 1200).text).toBe('Transaction failed: only ROLLBACK is accepted');
    expect(say(failed, 20, 1200).text).toContain('rolled back in 00:20');
    expect(say(open, 48, 60)).toEqual({
      kind: 'danger',
      text: 'The open transaction will be rolled back at 14:32 UTC',
    });
  });
  it('does not count down while a statement runs', () => {
    expect(transactionWords(open, null, 1_200_000, ends).text).toBe('Transaction open since 14:02 UTC');
    expect(nearlyIdle({ warn_ms: 60_000 }, null)).toBe(false);
    expect(nearlyIdle({ warn_ms: 60_000 }, 60_000)).toBe(true);
    expect(nearlyIdle({ warn_ms: 60_000 }, 60_001)).toBe(false);
  });
  it('says what is at stake before something ends it', () => {
    expect(held === null ? '' : contents(held)).toBe('2 statements, 37 rows changed');
    expect(stake(open)).toBe('The open transaction holds 2 statements, 37 rows changed, since 14:02 UTC.');
    expect(stake({ ...open, tx: 'failed' })).toContain('it can only be rolled back');
    expect(stake(connection())).toBe('');
  });
});
