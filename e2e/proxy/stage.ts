/**
 * The proofs of the proxy, with real tools on a real server; docs/testing.md says what is proven how. This is their stage:
 * one PostgreSQL that logs every statement, a relay with a real log in front of it, the local port as the door to it, and
 * the server's own log as the second witness of all that passed. (I1, I2, I5)
 *
 *   psql/, pgbench/, drivers/   what the tools are told, each beside its test; tools runs them
 *   door                        the local port
 *   fuzz/                       clients and servers that say what nobody should (begin with campaign)
 *   soak/                       the app under load for half an hour (begin with index)
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { PortFacts } from '../../main/proxy/port/index.ts';
import { openRig, openWorld, type Rig, type RigOptions, type World } from '../../main/proxy/testing.ts';
import { readCsvlog, type Verdict, witness } from '../../shared/evidence/index.ts';
import { fingerprint, parserReady } from '../../shared/sql/index.ts';
import { type Door, openDoor } from './door.ts';

export interface Stage {
  readonly world: World;
  /** Straight to the server, as the same role. */
  readonly straight: PortFacts;
  /** A folder for the tools' files. */
  readonly dir: string;
  /** Opens a relay and a door to it; ended with the stage, or before. */
  open(options?: RigOptions): Promise<Opened>;
  /** From now on the witness looks: what ran before, straight on the server, is not its business. */
  watch(): Promise<void>;
  /** Ends what is open and holds the server's log since `watch` against everything that was recorded. */
  verdict(): Promise<Verdict>;
  stop(): Promise<void>;
}
export interface Opened {
  readonly rig: Rig;
  readonly door: Door;
  close(): Promise<void>;
}

/**
 * As wide as a grant can be, so that what is seen is the wire and not the gate. Every record stays on this device here, and
 * the proofs send more than a grant would let wait.
 */
const wide = {
  unparsed: true,
  port_dangerous: 'send',
  connections: 20,
  max_unacked: 2 ** 31 - 1,
  max_age_s: 86_400,
} as const;

export async function openStage(): Promise<Stage> {
  // What autovacuum does, and when, would show in the plans and counts that are compared.
  const world = await openWorld(temporaryPostgres, { autovacuum: 'off' });
  await world.admin.query('grant temporary on database shop to breaker; create schema lab authorization breaker');
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-proof-'));
  const opened: Opened[] = [];
  const rigs: Rig[] = [];
  let from = '';

  const mark = async (): Promise<string> => {
    const word = `mark ${randomUUID()}`;
    await world.admin.query(`select '${word}'`);
    for (;;) {
      if (serverLog(world.postgres.logDir).includes(word)) return word;
      await sleep(20);
    }
  };
  return {
    world,
    straight: {
      host: '127.0.0.1',
      port: world.postgres.port,
      user: world.role,
      password: world.password,
      database: 'shop',
    },
    dir,
    async open(options = {}) {
      const rig = await openRig(world, { ...options, limits: { ...wide, ...options.limits } });
      const door = await openDoor(rig, world, wide.connections);
      rigs.push(rig);
      const one: Opened = {
        rig,
        door,
        async close() {
          if (!opened.includes(one)) return;
          opened.splice(opened.indexOf(one), 1);
          door.close();
          await rig.close();
        },
      };
      opened.push(one);
      return one;
    },
    async watch() {
      from = await mark();
    },
    async verdict() {
      for (const one of [...opened]) await one.close();
      await allGone(world);
      // The log is written by another process, in order: when this is there, everything before it is.
      const until = await mark();
      await parserReady();
      const text = serverLog(world.postgres.logDir);
      const begin = from === '' ? 0 : text.indexOf('\n', text.indexOf(from)) + 1;
      const lines = readCsvlog(text.slice(begin, text.lastIndexOf('\n', text.indexOf(until)) + 1));
      const sessions = rigs.flatMap((rig) =>
        rig.sessions.map(({ target, intents }) => ({ pid: target.pid, clientPort: target.client_port, intents })),
      );
      return witness(lines, world.role, sessions, fingerprint);
    },
    async stop() {
      for (const one of [...opened]) await one.close();
      await world.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function allGone(world: World): Promise<void> {
  for (;;) {
    const { rowCount } = await world.admin.query('select from pg_stat_activity where usename = $1', [world.role]);
    if (rowCount === 0) return;
    await sleep(20);
  }
}

function serverLog(dir: string): string {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => join(dir, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}
