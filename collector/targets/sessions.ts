/** Who is logged in as one of our roles, asked of the database: it knows whatever the app does not tell. (I5) */
import type { Admin } from './admin.ts';

/** For each of these roles that has a session now: when its oldest one began, by the database's clock, and how long ago that was. */
export async function sessionsOf(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  return admin.with(async (client) => {
    const found = await client.query<{ name: string; ms: number }>(
      `select usename as name,
              coalesce(extract(epoch from clock_timestamp() - min(backend_start)) * 1000, 0)::float8 as ms
         from pg_stat_activity where usename = any($1) and backend_type = 'client backend' group by usename`,
      [[...names]],
    );
    return new Map(found.rows.map(({ name, ms }) => [name, Math.max(0, ms)]));
  });
}
