/** Envelopes in the store. As with grants, a change is one transaction on the version that it was made from. (I5) */
import type { Kysely } from 'kysely';
import { Conflict } from '../grants/store.ts';
import { problem } from '../server/problem.ts';
import type { Database, Store } from '../store/index.ts';
import { type Envelope, OPEN_PHASES, OPENABLE } from './machine.ts';

export interface Stored {
  readonly envelope: Envelope;
  readonly version: number;
  readonly jws: string | null;
  readonly fetchedAt: Date | null;
}

/** A collector that dies while it seals or cleans is succeeded by another one this long after. */
const TAKEOVER_MS = 20_000;
const MOST_LISTED = 500;

const columns = (envelope: Envelope, at: number) => ({
  phase: envelope.phase,
  role: envelope.role,
  until: envelope.until === null ? null : new Date(envelope.until),
  clean: envelope.clean,
  retry_at: envelope.phase === 'sealing' ? new Date(at + TAKEOVER_MS) : null,
  doc: JSON.stringify(envelope),
});

export async function insert(db: Kysely<Database>, envelope: Envelope): Promise<void> {
  const { id, holder, jkt, target, askedAt, lapsesAt } = envelope;
  const times = { asked_at: new Date(askedAt), lapses_at: new Date(lapsesAt) };
  const nothing = { jws: null, sealed: null, fetched_at: null };
  await db
    .insertInto('envelopes')
    .values({
      ...columns(envelope, askedAt),
      id,
      version: 1,
      sub: holder.sub,
      jkt,
      target: target.id,
      ...times,
      ...nothing,
    })
    .execute();
}

/** Locks the row; throws {@link Conflict} when it is no longer at `version`. */
export async function update(
  db: Kysely<Database>,
  envelope: Envelope,
  version: number,
  at: number,
  more: { readonly jws?: string; readonly sealed?: string } = {},
): Promise<void> {
  const done = await db
    .updateTable('envelopes')
    .set({ ...columns(envelope, at), version: version + 1, ...more })
    .where('id', '=', envelope.id)
    .where('version', '=', version)
    .executeTakeFirst();
  if (done.numUpdatedRows !== 1n) throw new Conflict();
}

const select = (db: Kysely<Database>) =>
  db.selectFrom('envelopes').select(['doc', 'version', 'jws', 'fetched_at as fetchedAt']);
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;
const stored = ({ doc, ...rest }: Row): Stored => ({ envelope: doc, ...rest });

export async function find(db: Kysely<Database>, id: string): Promise<Stored | null> {
  const row = await select(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : stored(row);
}

/** Throws 404 where there is no such envelope. */
export async function load(db: Kysely<Database>, id: string): Promise<Stored> {
  const found = await find(db, id);
  if (found !== null) return found;
  throw problem(404, 'not_found', 'There is no such envelope', { hint: 'Check the address.' });
}

/** The newest first; those of one person, or everybody's. */
export async function listed(store: Store, sub: string | null): Promise<Stored[]> {
  let query = select(store).orderBy('asked_at', 'desc').limit(MOST_LISTED);
  if (sub !== null) query = query.where('sub', '=', sub);
  return (await query.execute()).map(stored);
}

/** How many that have not ended are for this device. */
export async function countOpen(store: Store, jkt: string): Promise<number> {
  const row = await store
    .selectFrom('envelopes')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('jkt', '=', jkt)
    .where('phase', 'in', [...OPEN_PHASES])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What a device may open now. */
export async function sealedFor(store: Store, jkt: string, now: Date) {
  const rows = await store
    .selectFrom('envelopes')
    .select(['id', 'jws', 'sealed'])
    .where('jkt', '=', jkt)
    .where('phase', '=', 'sealed')
    .where('until', '>', now)
    .orderBy('id')
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0)
    await store
      .updateTable('envelopes')
      .set({ fetched_at: now })
      .where('id', 'in', ids)
      .where('fetched_at', 'is', null)
      .execute();
  return rows;
}

/** Those that could be opened at this moment. */
export async function sealedNow(store: Store): Promise<Envelope[]> {
  const rows = await store.selectFrom('envelopes').select('doc').where('phase', '=', 'sealed').execute();
  return rows.map(({ doc }) => doc);
}

/** Which of these roles belong to an envelope whose credentials may still be good, or are about to be cleaned away. */
export async function rolesKept(store: Store, roles: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await store
    .selectFrom('envelopes')
    .select('role')
    .where('role', 'in', [...roles])
    .where('clean', '=', false)
    .execute();
  return new Set(rows.flatMap(({ role }) => (role === null ? [] : [role])));
}

export async function targetsOfEnvelopes(store: Store): Promise<string[]> {
  const rows = await store.selectFrom('envelopes').select('target').distinct().where('role', 'is not', null).execute();
  return rows.map(({ target }) => target);
}

/** What time has moved by `now`, and what is not clean and due to be tried. */
export async function due(store: Store, now: Date): Promise<Envelope[]> {
  const rows = await store
    .selectFrom('envelopes')
    .select('doc')
    .where((is) =>
      is.or([
        is.and([is('phase', '=', 'asked'), is('lapses_at', '<=', now)]),
        is.and([is('phase', '=', 'sealed'), is('until', '<=', now)]),
        is.and([is('phase', '=', 'sealing'), is('retry_at', '<=', now)]),
        is.and([
          is('clean', '=', false),
          is('phase', 'not in', [...OPENABLE]),
          is.or([is('retry_at', 'is', null), is('retry_at', '<=', now)]),
        ]),
      ]),
    )
    .execute();
  return rows.map(({ doc }) => doc);
}

/** No other collector tries it for a while. */
export async function postpone(store: Store, id: string, until: Date): Promise<void> {
  await store.updateTable('envelopes').set({ retry_at: until }).where('id', '=', id).execute();
}
