/** The real pgbench through the door, in each of its protocols: nothing fails, and every statement is accounted for. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findDebianTools } from '../../dev/debian-tools.ts';
import type { PortFacts } from '../../main/proxy/port/index.ts';
import { shared } from '../../main/proxy/test-hooks.ts';
import { openStage } from './stage.ts';
import { environmentFor, run } from './tools.ts';

const { pgbench } = findDebianTools();
const CLIENTS = 4;
const EACH = 25;
const TRANSACTIONS = CLIENTS * EACH;
const pipelined = join(import.meta.dirname, 'pgbench', 'pipelined.sql');

describe.skipIf(pgbench === null)('pgbench through the door', () => {
  const stage = shared(openStage);
  const bench = (facts: PortFacts, ...args: string[]): ReturnType<typeof run> =>
    run(pgbench ?? '', args, { cwd: stage.dir, env: environmentFor(facts) });

  beforeAll(async () => {
    await stage.world.admin.query('alter role breaker set search_path = lab, public');
    const made = await bench(stage.straight, '--initialize', '--quiet');
    expect(made).toMatchObject({ code: 0 });
    await stage.watch();
  }, 120_000);

  it.each([
    // What runs, the protocol, statements of one transaction, rows of one transaction.
    ['TPC-B-like', 'simple', [], 7, 5],
    ['TPC-B-like', 'extended', [], 7, 5],
    ['TPC-B-like', 'prepared', [], 7, 5],
    ['select-only', 'simple', ['--select-only'], 1, 1],
    ['select-only', 'extended', ['--select-only'], 1, 1],
    ['select-only', 'prepared', ['--select-only'], 1, 1],
    ['pipelined', 'extended', ['--file', pipelined], 5, 3],
    ['pipelined', 'prepared', ['--file', pipelined], 5, 3],
  ])(
    '%s, %s: every transaction goes through, each statement with one intent and one outcome',
    async (_name, protocol, args, statements, rows) => {
      const { rig, door, close } = await stage.open();
      const { code, out, err } = await bench(
        door.facts,
        ...['--no-vacuum', '--protocol', protocol, '--client', `${CLIENTS}`, '--jobs', '2'],
        ...['--transactions', `${EACH}`, '--max-tries', '5', ...args],
      );
      expect({ code, err: err.replace(/^pgbench \(.*\n/, '') }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`number of transactions actually processed: ${TRANSACTIONS}/${TRANSACTIONS}`);
      expect(out).toContain('number of failed transactions: 0 (0.000%)');
      await close();

      // Beside its transactions it asks once how large and how partitioned the tables are.
      const own = new Set(
        rig.intents
          .filter(({ text }) => text?.includes('partstrat') || text?.startsWith('select count(*)'))
          .map(({ id }) => id),
      );
      const run = rig.intents.filter(
        ({ id, op }) => op === (protocol === 'simple' ? 'query' : 'execute') && !own.has(id),
      );
      expect(run).toHaveLength(TRANSACTIONS * statements);
      const parses = rig.intents.filter(({ op }) => op === 'parse').length;
      expect(parses).toBe({ simple: 0, extended: run.length, prepared: CLIENTS * statements }[protocol]);
      const ran = new Set(run.map(({ id }) => id));
      const outcomes = rig.outcomes.filter(({ of }) => ran.has(of));
      expect(outcomes).toHaveLength(run.length);
      expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['ok']));
      expect(outcomes.reduce((sum, outcome) => sum + outcome.rows, 0)).toBe(TRANSACTIONS * rows);
      expect(rig.closes.map(({ reason }) => reason)).toEqual(rig.sessions.map(() => 'disconnected'));
    },
    60_000,
  );

  it('has an intent for every statement that the server logged, in order, with the same fingerprint (I2, I5)', async () => {
    const { findings, confirmed, statements } = await stage.verdict();
    expect(findings).toEqual([]);
    expect(statements).toBe(confirmed.size);
    expect(statements).toBeGreaterThan(TRANSACTIONS * (7 + 7 + 7 + 1 + 1 + 1 + 5 + 5));
  });
});
