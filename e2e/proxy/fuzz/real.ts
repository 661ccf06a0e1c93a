/**
 * The same conversations with a real PostgreSQL at the end: once straight, once through the relay and its real log. The
 * answers must be the same bytes, and the server's csvlog must confirm every statement. (I1, I2, I4, I5)
 */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Rig } from '../../../main/proxy/testing.ts';
import type { Finding } from '../../../shared/evidence/index.ts';
import { openStage, type Stage } from '../stage.ts';
import { told } from './answers.ts';
import type { Failure } from './campaign.ts';
import { legal } from './conversation.ts';
import { Cutter } from './memory-wire.ts';
import { pieces } from './mischief.ts';
import { type Move, query, sync } from './moves.ts';
import { Random } from './random.ts';

export interface RealReport {
  readonly cases: number;
  readonly statements: number;
  readonly failures: readonly Failure[];
  readonly unexplained: readonly Finding[];
}
export interface RealOptions {
  readonly seed: number;
  readonly cases: number;
  readonly first?: number;
  readonly progress?: (done: number) => void;
}

/** What the conversations work on, in every session of its own. */
const setUp = `
  set client_min_messages = warning;
  create temp table t (id int);
  create temp table parent (id int primary key);
  create temp table deferred (id int references parent deferrable initially deferred);
  reset client_min_messages`;

export async function realCases({ seed, cases, first = 0, progress = () => {} }: RealOptions): Promise<RealReport> {
  const stage = await openStage();
  const failures: Failure[] = [];
  try {
    // Straight connections have a role of their own, so that the witness can tell them apart.
    await stage.world.admin.query("create role twin login password 'pw-twin' in role breaker");
    await stage.watch();
    const { rig } = await stage.open({ tls: false });
    for (let index = first; index < first + cases && failures.length < 20; index++) {
      const { findings, story } = await one(stage, rig, seed, index);
      if (findings.length > 0) failures.push({ index, kind: 'faithful', findings, story, statements: 0 });
      if ((index - first + 1) % 100 === 0) progress(index - first + 1);
    }
    const { findings: unexplained, statements } = await stage.verdict();
    const open = new Set(rig.intents.map(({ id }) => id));
    for (const { of } of rig.outcomes) if (!open.delete(of)) failures.push(failure('two outcomes of one intent'));
    if (open.size > 0) failures.push(failure(`${open.size} intents without an outcome`));
    return { cases, statements, failures, unexplained };
  } finally {
    await stage.stop();
  }
}

const failure = (finding: string): Failure => ({
  index: -1,
  kind: 'faithful',
  findings: [finding],
  story: [],
  statements: 0,
});

async function one(
  stage: Stage,
  rig: Rig,
  seed: number,
  index: number,
): Promise<{ readonly findings: readonly string[]; readonly story: readonly string[] }> {
  const random = new Random(seed, index);
  const last = `the end of ${index}`;
  const moves = [...legal(random), sync, query('rollback'), query(`select '${last}'`)];
  const story = moves.map(({ note }) => note);
  const twin = new pg.Client({
    ...stage.straight,
    user: 'twin',
    password: 'pw-twin',
    application_name: 'Vitrine driver',
  });
  twin.on('error', () => {});
  await twin.connect();
  await twin.query(setUp);
  // The driver has done its part: from here on its stream is ours.
  const direct = (twin as unknown as { connection: { stream: Duplex } }).connection.stream;
  direct.removeAllListeners('data');
  const through = rig.relay.connect('driver');
  through.on('error', () => {});
  try {
    await converse(through, random, [startup, query(setUp)], 'Z', 2);
    const [got, want] = await Promise.all([
      converse(through, random, moves, last),
      converse(direct, new Random(seed, index), moves, last),
    ]);
    return { story, findings: got === want ? [] : [`the client heard ${got}\nand not ${want}`] };
  } catch (error) {
    return { story, findings: [String(error)] };
  } finally {
    direct.on('error', () => {});
    direct.destroy();
    through.end(Buffer.from([0x58, 0, 0, 0, 4]));
    while (!through.destroyed) await sleep(2);
  }
}

const startup: Move = {
  bytes: Buffer.from('\0\0\0\x10\0\x03\0\0user\0x\0\0', 'latin1'),
  note: 'Startup',
};

/** Says everything, in pieces and with pauses; answers with all that was heard up to the last word and its ReadyForQuery. */
async function converse(
  stream: Duplex,
  random: Random,
  moves: readonly Move[],
  last: string,
  readies = 1,
): Promise<string> {
  const heard: Buffer[] = [];
  const cutter = new Cutter();
  let found = last === 'Z';
  let ready = 0;
  const hear = (chunk: Buffer): void => {
    heard.push(chunk);
    for (const { type, body } of cutter.push(chunk)) {
      if (type === 'D' && body.includes(last)) found = true;
      if (type === 'Z' && found) ready++;
    }
  };
  stream.on('data', hear);
  try {
    const paused = random.chance(0.5);
    for (const { bytes } of moves) {
      for (const piece of pieces(random, bytes)) stream.write(piece);
      if (paused && random.chance(0.3)) await sleep(random.below(4));
    }
    const late = performance.now() + 30_000;
    while (ready < readies) {
      if (performance.now() > late) throw new Error(`hung: after ${told(Buffer.concat(heard))}`);
      await sleep(1);
    }
    return told(Buffer.concat(heard));
  } finally {
    stream.off('data', hear);
  }
}
