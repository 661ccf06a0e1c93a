/**
 * A real PostgreSQL 18 from npm, for the embedded stack and for every test that needs one: on a free loopback port,
 * SCRAM, TLS, checksums, fsync on, statements logged as CSV for evidence. It ends with the process that started it,
 * however that ends, and what a killed predecessor left behind is cleared first.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { serverCertificate } from './certificate.ts';
import { endOrphan } from './orphan.ts';
import {
  type Binaries,
  postgresBinaries,
  postgresUser,
  reachable,
  type SystemUser,
  standIn,
} from './postgres-binaries.ts';
import { collect, giveFile, host, identity, startOnFreePort } from './postgres-process.ts';

export { freePort } from './postgres-process.ts';

export interface PostgresOptions {
  /** Folder of this server; made when missing. Under root it must be reachable by an unprivileged user, else a folder under the system's temporary folder stands in and one line says so. */
  readonly dir: string;
  readonly log?: (line: string) => void;
  /** Added to, and winning over, the settings below; values as in postgresql.conf, without quotes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Port to use again when it is still free. */
  readonly port?: number | undefined;
  /** Skip flushing while the data folder is made; the server itself always flushes. */
  readonly quickInit?: boolean;
  /** An older version than the project's own: its number, and its module as `oldPrograms` finds it. */
  readonly old?: { readonly major: number; readonly programs: string };
}

export interface Postgres {
  /** Role `vitrine`, which owns the database `vitrine` and is nothing else. */
  readonly url: string;
  /** The superuser, on the database `postgres`. */
  readonly adminUrl: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Where the files really are; differs from `dir` only when a stand-in was needed. */
  readonly dir: string;
  /** PEM of the authority that signed the server's certificate (names: localhost, 127.0.0.1). */
  readonly ca: string;
  readonly caFile: string;
  /** Folder of the server's own log, in CSV. */
  readonly logDir: string;
  /** Makes a database if it is missing and gives its address; owned by `vitrine` unless said otherwise. */
  database(name: string, options?: { superuser?: boolean }): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the server, making its data folder first when there is none. Rejects with what the server said when it cannot. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const log = options.log ?? (() => {});
  const user = postgresUser();
  const programs = await postgresBinaries(user, log, options.old?.programs);
  const dir = usableFolder(resolve(options.dir), user, log);
  const data = join(dir, 'data');
  const secrets = readSecrets(dir);
  const certificate = await serverCertificate(join(dir, 'tls'));

  const fresh = !existsSync(join(data, 'ready'));
  if (fresh) await initialise(programs, dir, data, user, secrets.superuser, options);
  else await endOrphan(data, log);

  giveFile(join(data, 'server.key'), certificate.key, 0o600, user);
  giveFile(join(data, 'server.pem'), certificate.certificate, 0o600, user);
  giveFile(join(data, 'pg_hba.conf'), `host all all ${host}/32 scram-sha-256\n`, 0o600, user);
  // What is logged of a connection became a list with 18.
  const settings = { ...(options.old === undefined ? {} : { log_connections: 'on' }), ...options.settings };
  const running = await startOnFreePort(programs, data, user, { ...options, settings });

  const address = (role: 'postgres' | 'vitrine', database: string): string =>
    `postgres://${role}:${role === 'postgres' ? secrets.superuser : secrets.vitrine}@${host}:${running.port}/${database}`;
  const adminUrl = address('postgres', 'postgres');
  const asAdmin = async (work: (client: pg.Client) => Promise<void>): Promise<void> => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  const database = async (name: string, { superuser = false } = {}): Promise<string> => {
    await asAdmin(async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
      if (rowCount === 0) {
        const owner = superuser ? 'postgres' : 'vitrine';
        await client.query(`create database ${pg.escapeIdentifier(name)} owner ${owner}`);
        await client.query(`revoke connect, temporary on database ${pg.escapeIdentifier(name)} from public`);
      }
    });
    return address(superuser ? 'postgres' : 'vitrine', name);
  };
  if (fresh) {
    await asAdmin(async (client) => {
      await client.query(`create role vitrine login password ${pg.escapeLiteral(secrets.vitrine)}`);
    });
    await database('vitrine');
    giveFile(join(data, 'ready'), 'This folder was made completely.\n', 0o600, user);
  }
  return {
    url: address('vitrine', 'vitrine'),
    adminUrl,
    host,
    port: running.port,
    pid: running.pid,
    dir,
    ca: certificate.ca,
    caFile: certificate.caFile,
    logDir: join(data, 'log'),
    database,
    stop: running.stop,
  };
}

/** A server of its own for one test file: small, and gone with all its files after `stop`. */
export async function temporaryPostgres(options: Omit<PostgresOptions, 'dir'> = {}): Promise<Postgres> {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  try {
    const server = await startPostgres({
      quickInit: true,
      ...options,
      dir,
      settings: { shared_buffers: '32MB', ...options.settings },
    });
    return {
      ...server,
      async stop() {
        await server.stop();
        process.off('exit', remove);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function usableFolder(wanted: string, user: SystemUser | null, log: (line: string) => void): string {
  mkdirSync(wanted, { recursive: true });
  if (user !== null && statSync(wanted).uid === process.getuid?.()) chmodSync(wanted, 0o711);
  if (reachable(join(wanted, 'data'), user)) return wanted;
  const dir = standIn(wanted);
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  if (statSync(dir).uid !== process.getuid?.()) throw new Error(`${dir} belongs to somebody else. Remove it.`);
  log(`PostgreSQL keeps its files in ${dir}, because the user ${user?.name} cannot enter ${wanted}`);
  return dir;
}

function readSecrets(dir: string): { superuser: string; vitrine: string } {
  const file = join(dir, 'secrets.json');
  if (!existsSync(file)) {
    const made = { superuser: randomBytes(24).toString('base64url'), vitrine: randomBytes(24).toString('base64url') };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  // Written by the lines above.
  return JSON.parse(readFileSync(file, 'utf8')) as { superuser: string; vitrine: string };
}

/** `initdb`; a data folder that was not finished by an earlier start is thrown away first. */
async function initialise(
  programs: Binaries,
  dir: string,
  data: string,
  user: SystemUser | null,
  password: string,
  { quickInit = false, old }: Pick<PostgresOptions, 'quickInit' | 'old'>,
): Promise<void> {
  await endOrphan(data, () => {});
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  if (user !== null) chownSync(data, user.uid, user.gid);
  const passwordFile = join(dir, 'password');
  giveFile(passwordFile, `${password}\n`, 0o600, user);
  try {
    const child = spawn(
      programs.initdb,
      [
        `--pgdata=${data}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--data-checksums',
        '--encoding=UTF8',
        '--locale=C',
        // The provider that is the same everywhere came with 17.
        ...((old?.major ?? 17) >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
        ...(quickInit ? ['--no-sync'] : []),
      ],
      { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'], env: {}, ...identity(user) },
    );
    const said = collect(child);
    const code = await new Promise((done) => child.once('error', done).once('close', done));
    if (code !== 0) throw new Error(`PostgreSQL could not make its data folder ${data}: ${said() || code}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
