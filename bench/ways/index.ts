/**
 * The ways to one server that are compared: straight to it, through pgbouncer (session pooling), through our relay with
 * every statement signed and durable first. Each program is a process of its own, as in life: server, pooler, relay and
 * load generator share the machine's cores and nothing else.
 *
 *   tools          the programs of others: pgbench, psql, pgbouncer
 *   server         PostgreSQL 18 with pgbench's tables
 *   pooler         pgbouncer in front of it
 *   relay          relay and log in front of it; relay-process.ts is the other side
 */
import { loadavg } from 'node:os';
import { environment } from '../../main/proxy/port/index.ts';
import { type Pooler, startPooler } from './pooler.ts';
import { type RelayProcess, startRelay } from './relay.ts';
import type { BenchServer } from './server.ts';
import type { Way } from './tools.ts';

export { type Cost, type RelayProcess, startRelay } from './relay.ts';
export { type BenchServer, startBenchServer } from './server.ts';
export { type Load, type LoadOptions, missingTools, pgbench, psql, type Way } from './tools.ts';

export interface Ways {
  readonly all: readonly Way[];
  readonly relay: RelayProcess;
  readonly server: BenchServer;
  stop(): Promise<void>;
}

/** `tls`: to the server, for all three. Clients of pooler and relay are on loopback without it. */
export async function openWays(server: BenchServer, tls: boolean): Promise<Ways> {
  const pooler: Pooler = await startPooler(server, tls);
  let relay: RelayProcess;
  try {
    relay = await startRelay({ kind: 'log', ...connectionOf(server, tls) });
  } catch (error) {
    await pooler.stop();
    throw error;
  }
  const { host, database, user, password } = server;
  const common = { PGHOST: host, PGDATABASE: database, PGUSER: user, PGGSSENCMODE: 'disable' };
  const plain = { ...common, PGSSLMODE: 'disable' };
  return {
    all: [
      {
        name: 'direct',
        env: {
          ...common,
          PGPORT: String(server.port),
          PGPASSWORD: password,
          ...(tls ? { PGSSLMODE: 'verify-full', PGSSLROOTCERT: server.caFile } : { PGSSLMODE: 'disable' }),
        },
      },
      { name: 'pgbouncer', env: { ...plain, PGPORT: String(pooler.port) } },
      portWay(relay),
    ],
    relay,
    server,
    async stop() {
      await relay.stop();
      await pooler.stop();
    },
  };
}

/** As the app tells tools to connect: its own password, no encryption on loopback. */
export const portWay = (relay: RelayProcess): Way => ({
  name: 'port',
  get env() {
    return { ...environment(relay.facts()), PGGSSENCMODE: 'disable' };
  },
});

const connectionOf = ({ host, port, database, user, password, ca }: BenchServer, tls: boolean) => ({
  connection: {
    host,
    port,
    database,
    user,
    password,
    tls: tls
      ? { mode: 'verify-full' as const, ca, server_name: '127.0.0.1' }
      : { mode: 'disable' as const, ca: '', server_name: '' },
  },
});

/** How busy the machine was, for whoever reads a figure later. */
export const load = (): number => Number((loadavg()[0] ?? 0).toFixed(2));
