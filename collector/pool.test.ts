import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, temporaryPostgres } from '../dev/stack/postgres.ts';
import { openPool } from './pool.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await temporaryPostgres();
});
afterAll(() => postgres.stop());

describe('a pool of the collector', () => {
  it.each([
    ['idle', false],
    ['in use, with nothing running', true],
  ] as const)('tells of a connection that breaks while it is %s, and goes on', async (_state, used) => {
    const heard: string[] = [];
    const pool = openPool({ connectionString: postgres.adminUrl }, ({ message }) => heard.push(message));
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    if (!used) client.release();
    const other = new pg.Client(postgres.adminUrl);
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await expect.poll(() => heard.join()).toContain('terminating connection');
    await other.end();
    if (used) {
      await expect(client.query('select 1')).rejects.toThrow(/terminat|not queryable/);
      client.release();
    }
    expect((await pool.query('select 7 as goes_on')).rows).toEqual([{ goes_on: 7 }]);
    expect(pool.totalCount).toBe(1);
    await pool.end();
  });
});
