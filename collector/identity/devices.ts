/** The enrolled device keys: who has which, and taking one out for good. Routes are in `collector/grants`, because grants end with it. */
import type { Kysely } from 'kysely';
import type { Database, Store } from '../store/index.ts';

export interface EnrolledDevice {
  readonly jkt: string;
  readonly name: string;
  readonly os: string;
  readonly app: string;
  readonly person: { readonly sub: string; readonly name: string };
  readonly enrolledAt: Date;
  readonly seenAt: Date;
  readonly revoked: { readonly at: Date; readonly by: string | null; readonly reason: string | null } | null;
}

const select = (db: Kysely<Database>) =>
  db
    .selectFrom('devices')
    .leftJoin('people', 'people.sub', 'devices.sub')
    .select(['devices.jkt', 'devices.sub', 'devices.name', 'os', 'app', 'enrolled_at', 'devices.seen_at'])
    .select(['revoked_at', 'revoked_by', 'revoked_for', 'people.name as person']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const deviceOf = (row: Row): EnrolledDevice => ({
  jkt: row.jkt,
  name: row.name,
  os: row.os,
  app: row.app,
  person: { sub: row.sub, name: row.person ?? row.sub },
  enrolledAt: row.enrolled_at,
  seenAt: row.seen_at,
  revoked: row.revoked_at === null ? null : { at: row.revoked_at, by: row.revoked_by, reason: row.revoked_for },
});

export async function findDevice(db: Kysely<Database>, jkt: string): Promise<EnrolledDevice | null> {
  const row = await select(db).where('devices.jkt', '=', jkt).executeTakeFirst();
  return row === undefined ? null : deviceOf(row);
}

/**
 * The newest seen first, at most `most`. `sub` limits them to one person's; `q` to those whose name, system, app, person or
 * thumbprint has it in it.
 */
export async function listDevices(
  store: Store,
  { sub, q, most }: { readonly sub: string | null; readonly q: string; readonly most: number },
): Promise<EnrolledDevice[]> {
  let query = select(store).orderBy('devices.seen_at', 'desc').orderBy('devices.jkt').limit(most);
  if (sub !== null) query = query.where('devices.sub', '=', sub);
  if (q !== '') {
    const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((is) =>
      is.or([
        is('devices.name', 'ilike', like),
        is('os', 'ilike', like),
        is('app', 'ilike', like),
        is('people.name', 'ilike', like),
        is('devices.sub', 'ilike', like),
        is('devices.jkt', 'like', like),
      ]),
    );
  }
  return (await query.execute()).map(deviceOf);
}

/** Final: a key that was revoked never opens anything again. False when it was revoked before; that stays as it was. */
export async function revokeDevice(
  db: Kysely<Database>,
  jkt: string,
  by: { readonly name: string; readonly reason: string; readonly at: Date },
): Promise<boolean> {
  const done = await db
    .updateTable('devices')
    .set({ revoked_at: by.at, revoked_by: by.name, revoked_for: by.reason })
    .where('jkt', '=', jkt)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Signs a person out of the web pages everywhere but in the session `but`: a stolen laptop has a browser, too. */
export async function signOutEverywhere(db: Kysely<Database>, sub: string, but: string | null): Promise<void> {
  let query = db.deleteFrom('web_sessions').where('sub', '=', sub);
  if (but !== null) query = query.where('id', '!=', but);
  await query.execute();
}
