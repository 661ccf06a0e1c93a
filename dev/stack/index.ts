/**
 * The embedded stack: PostgreSQL with the seeded incident database, the identity provider and the collector, all real,
 * each a process of its own, on free ports, with everything they remember in one folder. Used by `npm start`, by the
 * story and by tests. It ends with its owner: `stop()` in order, and the guard if the owner is killed.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CollectorPart, collectorPart, webFolder } from './collector.ts';
import { type Identity, startIdentity } from './identity.ts';
import { type DemoPerson, people } from './idp/people.ts';
import { writePolicy } from './policy.ts';
import { freePort, type Postgres, startPostgres } from './postgres.ts';
import { seedShop } from './seed/index.ts';
import { readState, stateFolder, takeFolder, writeState } from './state.ts';

export interface StackOptions {
  /** State folder; `.vitrine/` or VITRINE_STATE when absent. */
  readonly dir?: string;
  /** Rows of `shop.orders`; tests may ask for a smaller shop. */
  readonly orders?: number;
  readonly log?: (line: string) => void;
  /** Added to the collector's environment. */
  readonly collectorEnv?: Readonly<Record<string, string>>;
}

/** The incident database as the collector's policy knows it. */
export interface StackTarget {
  readonly id: 'orders';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM to trust; the certificate names localhost and 127.0.0.1. */
  readonly ca: string;
  readonly caFile: string;
  /** As the collector's admin role. */
  readonly adminUrl: string;
  /** As superuser, for tests that look from outside. */
  readonly superuserUrl: string;
}

export interface Stack {
  readonly dir: string;
  readonly collectorUrl: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly deskClientId: string;
  readonly postgres: Postgres;
  readonly identity: Identity;
  readonly collector: CollectorPart;
  readonly target: StackTarget;
  readonly people: readonly DemoPerson[];
  readonly policyPath: string;
  /** Folder of the parts' logs. */
  readonly logs: string;
  /** Idempotent; the folder can be used again when it resolves. */
  stop(): Promise<void>;
}

const database = 'shop';

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dir = resolve(options.dir ?? stateFolder());
  const log = options.log ?? (() => {});
  const giveBack = takeFolder(dir);
  const undo: (() => unknown)[] = [giveBack];
  const stopAll = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    return await startParts({ ...options, dir, log }, undo, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function startParts(
  options: StackOptions & { readonly dir: string; readonly log: (line: string) => void },
  undo: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Stack> {
  const { dir, log } = options;
  // Others may pass through (PostgreSQL runs as another user under root) but not look around; secrets are 0600 anyway.
  chmodSync(dir, 0o711);
  const logs = join(dir, 'logs');
  mkdirSync(logs, { recursive: true });
  const state = readState(dir);

  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    port: state.ports.postgres,
    log,
    settings: {
      // Nothing is replicated here, and tables made and filled in one transaction need no log of their own.
      wal_level: 'minimal',
      max_wal_senders: '0',
      shared_preload_libraries: 'pg_stat_statements',
    },
  });
  undo.push(() => postgres.stop());

  const collectorPort = await freePort(state.ports.collector);
  const collectorUrl = `http://127.0.0.1:${collectorPort}`;
  const [identity] = await Promise.all([
    startIdentity({ dir: join(dir, 'identity'), port: state.ports.identity, collectorUrl }).then((started) => {
      undo.push(() => started.stop());
      return started;
    }),
    seedShop({
      adminUrl: postgres.adminUrl,
      adminPassword: state.targetAdminPassword,
      database,
      log,
      ...(options.orders === undefined ? {} : { orders: options.orders }),
    }),
  ]);
  writeState(dir, {
    ...state,
    ports: { postgres: postgres.port, identity: identity.port, collector: collectorPort },
  });

  const { host, port, ca, caFile } = postgres;
  const adminUrl = `postgres://vitrine_admin:${state.targetAdminPassword}@${host}:${port}/${database}`;
  const superuserUrl = Object.assign(new URL(postgres.adminUrl), { pathname: `/${database}` }).href;
  const policyPath = join(dir, 'policy.yaml');
  writePolicy(policyPath, { host, port, database, caFile });

  const collector = collectorPart({
    url: collectorUrl,
    logFile: join(logs, 'collector.log'),
    env: {
      DATABASE_URL: postgres.url,
      VITRINE_POLICY: policyPath,
      VITRINE_ISSUER: identity.issuer,
      VITRINE_CLIENT_ID: identity.clientId,
      VITRINE_DESK_CLIENT_ID: identity.deskClientId,
      VITRINE_KEYS: join(dir, 'keys'),
      VITRINE_WEB: webFolder,
      VITRINE_TARGET_ORDERS_ADMIN: adminUrl,
      ...options.collectorEnv,
    },
  });
  undo.push(() => collector.stop());
  await collector.start();

  return {
    dir,
    collectorUrl,
    issuer: identity.issuer,
    clientId: identity.clientId,
    deskClientId: identity.deskClientId,
    postgres,
    identity,
    collector,
    target: { id: 'orders', host, port, database, ca, caFile, adminUrl, superuserUrl },
    people,
    policyPath,
    logs,
    stop,
  };
}
