/**
 * The collector's own connections to a target, as the admin role whose URL comes from the environment. Several at most,
 * kept warm so that a kill switch does not wait for a TLS handshake. The password never leaves this file.
 */
import { isIP } from 'node:net';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import { openPool } from '../pool.ts';

export interface TargetTls {
  readonly mode: 'verify-full' | 'disable';
  /** PEM certificates to trust; empty means the system's. */
  readonly ca: string;
  /** The name that the server's certificate has to carry. */
  readonly server_name: string;
}

/** Where a target is, as policy says, and how the collector gets in, as the environment says. */
export interface TargetConfig {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: TargetTls;
  /** `postgres://admin:password@host:port/database`; host and port default to the target's. */
  readonly adminUrl: string;
}

export interface Admin {
  readonly target: TargetConfig;
  /** Runs `use` on one connection. After an error that broke the connection it is thrown away, never reused. */
  with<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** The same in one transaction: committed when `use` returns, rolled back when it throws. */
  transaction<T>(use: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** One connection of its own to another database of the same server, closed after `use`. */
  elsewhere<T>(database: string, use: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/** Checked once, at start and on every policy reload, so that a mistake is named before the first incident. */
export function adminConfig(target: TargetConfig): pg.ClientConfig {
  const refuse = (why: string, hint: string): Fault => new Fault('target_config', `Target ${target.id}: ${why}.`, hint);
  const variable = `VITRINE_TARGET_${target.id.toUpperCase().replaceAll('-', '_')}_ADMIN`;
  let url: URL;
  try {
    url = new URL(target.adminUrl);
  } catch {
    throw refuse(`${variable} is not a URL`, 'Write postgres://admin:password@host:port/database.');
  }
  if (!/^postgres(ql)?:$/.test(url.protocol) || url.username === '')
    throw refuse(
      `${variable} is not a PostgreSQL URL with a user`,
      'Write postgres://admin:password@host:port/database.',
    );
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database !== '' && database !== target.database)
    throw refuse(
      `${variable} names another database than the policy`,
      `Roles get their privileges in ${target.database}, so the admin has to connect there.`,
    );
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1') || target.host;
  if (target.tls.mode === 'disable' && !isLoopback(host))
    throw refuse(`${host} is not on this machine but its TLS is disabled`, 'Set tls.mode to verify-full.');
  const name = target.tls.server_name || host;
  return {
    host,
    port: url.port === '' ? target.port : Number(url.port),
    database: target.database,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    application_name: 'vitrine-collector',
    keepAlive: true,
    connectionTimeoutMillis: 3000,
    statement_timeout: 10_000,
    query_timeout: 12_000,
    idle_in_transaction_session_timeout: 10_000,
    ssl:
      target.tls.mode === 'disable'
        ? false
        : {
            rejectUnauthorized: true,
            ...(target.tls.ca === '' ? {} : { ca: target.tls.ca }),
            // RFC 6066 allows no IP address in SNI; the certificate is then checked against the host itself.
            ...(isIP(name) ? {} : { servername: name }),
          },
  };
}

/** Errors after which a connection can be used again: the server reported them and stayed, or we decided so ourselves. */
function survives(error: unknown): boolean {
  return (error instanceof pg.DatabaseError && error.severity === 'ERROR') || error instanceof Fault;
}

export function openAdmin(target: TargetConfig, onError: (error: Error) => void): Admin {
  const config = adminConfig(target);
  const pool = openPool({ ...config, max: 6, idleTimeoutMillis: 60_000 }, onError);

  const use = async <T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = !survives(error);
      throw error;
    } finally {
      client.release(broken);
    }
  };

  return {
    target,
    with: use,
    transaction: (work) =>
      use(async (client) => {
        await client.query('begin');
        try {
          const result = await work(client);
          await client.query('commit');
          return result;
        } catch (error) {
          if (survives(error)) await client.query('rollback');
          throw error;
        }
      }),
    async elsewhere(database, work) {
      const client = new pg.Client({ ...config, database });
      client.on('error', onError);
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    close: () => pool.end(),
  };
}
