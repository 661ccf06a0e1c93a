/** The scripts in `psql/`, run by the real psql straight on the server and then through the door, as the same role. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findDebianTools } from '../../dev/debian-tools.ts';
import type { PortFacts } from '../../main/proxy/port/index.ts';
import { shared } from '../../main/proxy/test-hooks.ts';
import { type Opened, openStage } from './stage.ts';
import { environmentFor, type Ran, run } from './tools.ts';

const { psql } = findDebianTools();
const folder = join(import.meta.dirname, 'psql');
const scripts = readdirSync(folder)
  .filter((name) => /^\d\d-.*\.sql$/.test(name))
  .sort();
/** Those that only read, for a grant that allows no more. */
const reading = ['01-values.sql', '05-catalog.sql'];

describe.skipIf(psql === null)('psql through the door', () => {
  const stage = shared(openStage);
  let writing: Opened;
  const direct = new Map<string, Ran>();
  const through = new Map<string, Ran>();

  async function runScript(facts: PortFacts, name: string): Promise<Ran> {
    const cwd = join(stage.dir, `${facts.port}`);
    mkdirSync(cwd, { recursive: true });
    return run(psql ?? '', ['-X', '-f', join(folder, name)], { cwd, env: environmentFor(facts) });
  }

  beforeAll(async () => {
    for (const name of scripts) direct.set(name, await runScript(stage.straight, name));
    for (const name of reading) direct.set(`again ${name}`, await runScript(stage.straight, name));
    // Both ways find the same: a schema of the role's own with nothing in it.
    await stage.world.admin.query('drop schema lab cascade; create schema lab authorization breaker');
    await stage.watch();
    writing = await stage.open();
    for (const name of scripts) through.set(name, await runScript(writing.door.facts, name));
  }, 180_000);

  it.each(scripts)('%s: every byte of output and errors is as straight on the server', (name) => {
    const [got, want] = [through.get(name), direct.get(name)];
    expect(got?.out.split('\n')).toEqual(want?.out.split('\n'));
    expect(got?.err.split('\n')).toEqual(want?.err.split('\n'));
    expect(got).toEqual(want);
    expect(want).toMatchObject({ code: 0 });
  });

  it.each(reading)('%s: under a read grant too', async (name) => {
    const { door } = await stage.open({ mode: 'read' });
    expect(await runScript(door.facts, name)).toEqual(direct.get(`again ${name}`));
  });

  it('refuses in a read grant whatever writes, and goes on (I6)', async () => {
    const { rig, door } = await stage.open({ mode: 'read' });
    const { out, err, code } = await runScript(door.facts, 'refused.sql');
    expect(code).toBe(0);
    // Every line of errors is one refusal; the fence's three stand before the last.
    const codes = err
      .trim()
      .split('\n')
      .map((line) => /ERROR: {2}(\w{5})$/.exec(line)?.[1] ?? line);
    expect(codes).toEqual([...Array(codes.length - 4).fill('25006'), '42501', '42501', '42501', '25006']);
    expect(codes.length).toBeGreaterThan(20);
    expect(out).toContain('still here');
    expect(rig.intents.map(({ kind }) => kind)).toEqual(['select', 'transaction', 'select', 'transaction']);
    expect(rig.notices.map(({ kind }) => kind)).toEqual(codes.map(() => 'refused'));
  });

  it('ran more than 300 statements, each with its outcome', () => {
    const { intents, outcomes } = writing.rig;
    expect(intents.length).toBeGreaterThan(300);
    expect(outcomes.map(({ of }) => of).sort()).toEqual(intents.map(({ id }) => id).sort());
  });

  it('has an intent for every statement that the server logged, in order, with the same fingerprint (I2, I5)', async () => {
    const { findings, confirmed, statements } = await stage.verdict();
    expect(findings).toEqual([]);
    expect(statements).toBe(confirmed.size);
    // And the other way round: what went well is in the server's log.
    const { intents, outcomes } = writing.rig;
    const ops = new Map(intents.map(({ id, op }) => [id, op]));
    const ran = outcomes.filter(({ of, result }) => result === 'ok' && ops.get(of) !== 'parse');
    expect(ran.filter(({ of }) => !confirmed.has(of))).toEqual([]);
  });
});
