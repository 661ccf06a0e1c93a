/** A pool of connections to PostgreSQL whose loss is told and never ends the process. */
import pg from 'pg';

/** `onError` hears of every connection that breaks, idle or in use; of one in use, the server's last words come first. */
export function openPool(config: pg.PoolConfig, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool(config);
  // A pool listens to a connection only while it is idle, and an error event that nobody hears ends the process.
  pool.on('connect', (client) => void client.on('error', onError));
  pool.on('error', () => {});
  return pool;
}
