/**
 * The wire, fuzzed: a few thousand cases with a seed that never changes and as many with one that always does; the long
 * form is `npm run fuzz`. What is judged in each case says `fuzz/case.ts`.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { campaign, verdict } from './fuzz/campaign.ts';
import { compareTruth } from './fuzz/judge.ts';
import { Ledger } from './fuzz/ledger.ts';
import { encode } from './fuzz/memory-wire.ts';
import type { Model, Truth } from './fuzz/model.ts';
import { realCases } from './fuzz/real.ts';
import { Tap } from './fuzz/tap.ts';

const fresh = Number(process.env.VITRINE_FUZZ_SEED ?? randomInt(2 ** 31));

describe('whatever client and server say', () => {
  it.each([
    ['the same cases in every run', 20_261_126],
    [`cases that nobody has seen (seed ${fresh})`, fresh],
  ])(
    'nothing is sent without its record, nobody hangs, nothing is left: %s (I1, I2, I3, I6)',
    async (_title, seed) => {
      const report = await campaign({ seed, cases: 2000, every: 250 });
      expect(verdict(report, seed)).toEqual([]);
      expect(report.cases).toBe(2000);
      expect(Math.min(...Object.values(report.kinds))).toBeGreaterThan(100);
      expect(report.statements).toBeGreaterThan(5000);
    },
    240_000,
  );

  it(`a real server answers through the relay as without it, and its log confirms everything (seed ${fresh})`, async () => {
    const { failures, unexplained, statements } = await realCases({ seed: fresh, cases: 60 });
    expect(failures.map(({ index, findings, story }) => ({ index, findings, story }))).toEqual([]);
    expect(unexplained).toEqual([]);
    expect(statements).toBeGreaterThan(100);
  }, 240_000);
});

describe('a judge that can say no', () => {
  const tag = (letter: string): string => `\n/*vitrine:${letter.repeat(22)}*/`;
  async function onTheWire(
    gateOpen: boolean,
    use: readonly string[],
    ...written: Buffer[]
  ): Promise<readonly string[]> {
    const ledger = new Ledger(() => 0);
    const target = { pid: 1 } as Parameters<Ledger['openSession']>[0]['target'];
    const session = await ledger.openSession({ target } as Parameters<Ledger['openSession']>[0]);
    for (const [op, letter] of [
      ['query', 'a'],
      ['execute', 'b'],
    ] as const) {
      const facts = { id: letter.repeat(22), op, of: null, text: op === 'query' ? 'select 1' : null };
      const permit = await session.permit(facts as Parameters<typeof session.permit>[0]);
      for (const used of use) if (used === letter) permit.use();
    }
    const tap = new Tap(ledger, () => gateOpen);
    tap.written(Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]));
    tap.admitted();
    for (const bytes of written) tap.written(bytes);
    return ledger.violations;
  }
  const query = (text: string): Buffer => encode('Q', text, '\0');
  const good = query(`select 1${tag('a')}`);

  it.each<[string, boolean, readonly string[], Buffer[], readonly string[]]>([
    ['nothing of a statement with its permit and tag', true, ['a'], [good], []],
    ['a statement without a permit', true, [], [good], ['on the wire: query without a permit']],
    ['one permit for two', true, ['a'], [good, good], ['on the wire: query without a permit']],
    ['a permit that is used twice', true, ['a', 'a'], [good], ['the permit of query was used twice']],
    ['a statement without a tag', true, ['a'], [query('select 1')], ['on the wire: query without a tag']],
    [
      'the tag of another',
      true,
      ['a'],
      [query(`select 1${tag('b')}`)],
      ['on the wire: query with the tag of another intent'],
    ],
    [
      'another text',
      true,
      ['a'],
      [query(`drop table t${tag('a')}`)],
      ['on the wire: query with another text than was recorded'],
    ],
    [
      'another operation',
      true,
      ['b'],
      [good],
      ['on the wire: query against the permit of execute', 'on the wire: query with the tag of another intent'],
    ],
    ['a message outside the gate', false, [], [encode('S')], ["on the wire: 'S' outside the gate"]],
    [
      'half a message outside the gate',
      false,
      [],
      [good.subarray(0, 9)],
      ['on the wire: part of a message outside the gate'],
    ],
    ['a password after the start', true, [], [encode('p', 'x\0')], ["on the wire: 'p' is not a message for a server"]],
    ['words after the goodbye', true, [], [encode('X'), encode('S')], ["on the wire: 'S' after the goodbye"]],
  ])('on the wire: %s', async (_title, gateOpen, use, written, wrong) => {
    expect(await onTheWire(gateOpen, use, ...written)).toEqual(wrong);
  });

  it.each<[string, Partial<Truth>, readonly string[]]>([
    ['the truth', {}, []],
    [
      'an error that was none',
      { result: 'error' },
      ['query 0 was "error  SELECT 2 2 -" and is recorded as "ok  SELECT 2 2 20"'],
    ],
    ['a row too many', { rows: 1 }, ['query 0 was "ok  SELECT 2 1 20" and is recorded as "ok  SELECT 2 2 20"']],
    [
      'bytes that are missing',
      { bytes: 30 },
      ['query 0 was "ok  SELECT 2 2 30" and is recorded as "ok  SELECT 2 2 20"'],
    ],
  ])('in the log: %s', (_title, changed, wrong) => {
    const outcome = {
      of: 'a',
      result: 'ok',
      sqlstate: null,
      tag: 'SELECT 2',
      rows: 2,
      bytes: 20,
      start: 1,
      end: 2,
    } as const;
    const truth: Truth = {
      op: 'query',
      result: 'ok',
      sqlstate: null,
      rows: 2,
      bytes: 20,
      tags: ['SELECT 2'],
      parse: -1,
      parameters: [],
      ...changed,
    };
    const sent = [{ id: 'a', facts: { op: 'query' }, outcomes: [outcome] }];
    // As much of a backend as is compared.
    const backend = { model: { truths: [truth] } as unknown as Model, tap: { sent } as unknown as Tap };
    expect(compareTruth(backend)).toEqual(wrong);
  });

  it('of a case that leaves something behind', () => {
    const clean = {
      cases: 4,
      kinds: { faithful: 1, rude: 1, lying: 1, disturbed: 1 },
      statements: 4,
      failures: [],
      stray: [],
      heap: [9e6, 9e6],
      resources: { before: 1, after: 1 },
    };
    expect(verdict(clean, 1)).toEqual([]);
    expect(verdict({ ...clean, stray: ['TypeError'] }, 1)).toHaveLength(1);
    expect(verdict({ ...clean, resources: { before: 1, after: 2 } }, 1)).toEqual([
      '1 timers or handles were left behind',
    ]);
    expect(verdict({ ...clean, heap: [9e6, 99e6, 50e6, 70e6] }, 1)).toEqual(['the heap grew by 41 MB']);
    const failure = { index: 7, kind: 'rude', findings: ['hung'], story: [], statements: 0 } as const;
    expect(verdict({ ...clean, failures: [failure] }, 1)).toEqual(['npm run fuzz -- --seed 1 --only 7 (rude): hung']);
  });
});
