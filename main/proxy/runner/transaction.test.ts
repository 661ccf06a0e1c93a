import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScript, transactionStep } from '../../../shared/sql/index.ts';
import { limits } from '../testing.ts';
import { Messages } from './messages.ts';
import { asked, preflight } from './preflight.ts';
import { idleLimits, nothingOpen, ready, settled, type Track } from './transaction.ts';

const user = { by: 'user', tab: 't' } as const;
const at = { wall: 0, mono: 0 };

/** What a connection tells: each text, its tag (null: it failed), the status after it. */
function played(...answers: readonly (readonly [text: string, tag: string | null, status: Track['status']])[]): Track {
  let track = nothingOpen;
  for (const [text, tag, status] of answers) {
    track = settled(track, { ok: tag !== null, tags: tag === null ? [] : [tag], step: transactionStep(text) });
    track = ready(track, status, at, user);
  }
  return track;
}

describe('the transaction as the server tells it', () => {
  it('counts statements and rows from BEGIN to its end', () => {
    const inside = played(
      ['begin', 'BEGIN', 'transaction'],
      ['update t set a = 1', 'UPDATE 37', 'transaction'],
      ['insert into t values (1)', 'INSERT 0 5', 'transaction'],
      ['select 1', 'SELECT 100', 'transaction'],
      ['begin', 'BEGIN', 'transaction'],
    );
    expect(inside.open).toMatchObject({ n: 1, statements: 3, rows: 42 });
    expect(played(['begin', 'BEGIN', 'transaction'], ['commit', 'COMMIT', 'idle']).open).toBeNull();
  });
  it('takes rows back at ROLLBACK TO, by the newest savepoint of that name, and knows nothing of a strange one', () => {
    const open = played(
      ['begin', 'BEGIN', 'transaction'],
      ['delete from t', 'DELETE 1', 'transaction'],
      ['savepoint a', 'SAVEPOINT', 'transaction'],
      ['delete from t', 'DELETE 2', 'transaction'],
      ['savepoint a', 'SAVEPOINT', 'transaction'],
      ['delete from t', 'DELETE 4', 'transaction'],
      ['select 1/0', null, 'failed'],
      ['rollback to a', 'ROLLBACK', 'transaction'],
    );
    expect(open.open).toMatchObject({ rows: 3, statements: 4 });
    expect(open.open?.savepoints).toHaveLength(2);
    const released = settled(open, { ok: true, tags: ['RELEASE'], step: transactionStep('release a') });
    expect(released.open?.savepoints).toHaveLength(1);
    const strange = settled(open, { ok: true, tags: ['ROLLBACK'], step: transactionStep('rollback to nowhere') });
    expect(strange.open).toEqual(open.open);
  });
  it('begins a new one at AND CHAIN, and none that failed to commit', () => {
    expect(played(['begin', 'BEGIN', 'transaction'], ['commit and chain', 'COMMIT', 'transaction']).open).toMatchObject(
      { n: 2, statements: 0 },
    );
    expect(played(['begin', 'BEGIN', 'transaction'], ['commit', null, 'idle']).open).toBeNull();
  });
  it('is open exactly when the server says so, whatever was sent', () => {
    const texts = [
      'begin',
      'commit',
      'rollback',
      'savepoint a',
      'rollback to a',
      'release a',
      'select 1',
      'commit and chain',
    ];
    const answer = fc.tuple(
      fc.constantFrom(...texts),
      fc.option(fc.constantFrom('UPDATE 3', 'COMMIT')),
      fc.constantFrom<Track['status']>('idle', 'transaction', 'failed'),
    );
    fc.assert(
      fc.property(fc.array(answer), (answers) => {
        const { open, status } = played(...answers);
        expect(open !== null).toBe(status !== 'idle');
        expect(open?.rows ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the patience with an idle transaction', () => {
  it.each([
    [1000, 900, 500],
    [10_000, 9000, 5000],
    [60_000, 55_000, 30_000],
    [300_000, 295_000, 60_000],
    [1_800_000, 1_795_000, 360_000],
  ])('of %d ms ends before the server’s, and is announced', (timeout, rollback, warn) => {
    expect(idleLimits(timeout)).toEqual({ rollback, warn });
  });
});

describe('before a text is sent', () => {
  const look = (text: string, part: Partial<Parameters<typeof preflight>[2]> = {}) => {
    const parts = [...readScript(text)].flat();
    const found = preflight(text, parts, { mode: 'auto', open: false, gone: null, limits, everyWrite: false, ...part });
    return 'refused' in found ? found.refused.message : found.questions.map(({ code }) => code);
  };
  it('follows the transaction through the text', () => {
    expect(look('begin; vacuum')).toContain('Statement 2 of 2 is VACUUM');
    expect(look('begin; commit; vacuum')).toEqual([]);
    expect(look('commit and chain; vacuum', { open: true })).toContain('cannot run inside');
    expect(look('rollback; vacuum', { open: true })).toEqual([]);
    expect(look('vacuum', { open: null })).toEqual([]);
    expect(look('select 1; vacuum', { mode: 'manual' })).toContain('Statement 2 of 2');
    expect(look('vacuum; select 1', { mode: 'manual' })).toEqual(['alone']);
  });
  it('asks once for everything that has to be asked, with the verb of the worst', () => {
    const questions = look('vacuum; delete from t', { mode: 'manual' });
    expect(questions).toEqual(['alone', 'danger']);
    const parts = [...readScript('vacuum; delete from t; delete from s')].flat();
    const found = preflight('', parts, { mode: 'manual', open: false, gone: null, limits, everyWrite: false });
    const one = asked('questions' in found ? found.questions : []);
    expect(one).toMatchObject({ title: 'Run VACUUM outside a transaction?', action: 'Delete every row' });
    expect(one?.detail).toContain('Delete every row of t?');
    expect(one?.detail).toContain('And 1 more');
    expect(asked([])).toBeNull();
  });
  it('asks about every write where that was set, about no reading, and still about what is risky', () => {
    const every = { everyWrite: true };
    expect(look('update t set a = 1 where b; select 1; show x; explain select 1', every)).toEqual(['write']);
    expect(look("set application_name = 'x'; create table n (a int)", every)).toEqual(['write', 'write']);
    expect(look('delete from t; insert into t values (1)', every)).toEqual(['danger', 'write']);
    expect(look('begin; select 1; commit', every)).toEqual([]);
    expect(look('update t set a = 1 where b')).toEqual([]);
    expect(look('delete from t')).toEqual(['danger']);
  });
  it('asks about a transaction that is gone only what may change something, in auto-commit', () => {
    const gone = 'It was rolled back.';
    expect(look('update t set a = 1 where b', { gone })).toEqual(['gone']);
    expect(look('select 1; show x', { gone })).toEqual([]);
    expect(look('select 1; do $$begin end$$', { gone })).toEqual(['gone']);
    expect(look('begin; update t set a = 1 where b', { gone })).toEqual([]);
    expect(look('update t set a = 1 where b', { gone, mode: 'manual' })).toEqual([]);
  });
});

describe('messages', () => {
  it('are bounded: twenty, of which eight are others’ notifications, each cut', () => {
    const messages = new Messages(() => 0);
    for (let i = 0; i < 100; i++) messages.say({ kind: 'notify', text: `${i}${'x'.repeat(2000)}` });
    expect(messages.all).toHaveLength(8);
    for (let i = 0; i < 100; i++) messages.say({ kind: 'warn', text: 'w' });
    expect(messages.all).toHaveLength(20);
    expect(Math.max(...messages.all.map(({ text }) => text.length))).toBeLessThanOrEqual(501);
  });
  it('go when they are read, and what only confirms goes with the next thing', () => {
    const messages = new Messages(() => 0);
    const id = messages.say({ kind: 'warn', text: 'lost' });
    messages.say({ kind: 'ok', text: 'Committed.' });
    messages.say({ kind: 'ok', text: 'Rolled back.' });
    expect(messages.all.map(({ text }) => text)).toEqual(['lost', 'Rolled back.']);
    expect([messages.next(), messages.next()]).toEqual([true, false]);
    messages.dismiss(id);
    expect(messages.all).toEqual([]);
  });
});
