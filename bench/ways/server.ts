/** PostgreSQL 18 with pgbench's tables and a role that may read them: what a target is to a grant. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { pgbenchTables } from './tools.ts';

export interface BenchServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ca: string;
  readonly caFile: string;
  readonly pid: number;
  /** With these settings kept, the server is as in the embedded stack. */
  stop(): Promise<void>;
}

/** A million accounts: small enough for the server's memory, so that nobody measures its disk. */
const SCALE = 10;

export async function startBenchServer(): Promise<BenchServer> {
  const postgres = await temporaryPostgres({ settings: { shared_buffers: '512MB', max_connections: '200' } });
  try {
    const address = await postgres.database('bench', { superuser: true });
    const { username, password: adminPassword } = new URL(address);
    await pgbenchTables(
      {
        PGHOST: postgres.host,
        PGPORT: String(postgres.port),
        PGDATABASE: 'bench',
        PGUSER: username,
        PGPASSWORD: adminPassword,
      },
      SCALE,
    );
    const password = randomBytes(18).toString('base64url');
    const admin = new pg.Client({ connectionString: address });
    await admin.connect();
    try {
      await admin.query(`create role reader login password ${pg.escapeLiteral(password)}`);
      await admin.query('grant connect on database bench to reader');
      await admin.query('grant select on all tables in schema public to reader');
      await admin.query('vacuum (analyze, freeze)');
      await admin.query('checkpoint');
    } finally {
      await admin.end();
    }
    const { host, port, ca, caFile, pid } = postgres;
    return { host, port, ca, caFile, pid, database: 'bench', user: 'reader', password, stop: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
