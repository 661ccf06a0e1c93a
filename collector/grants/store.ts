/**
 * Requests in the store. Every change is one transaction on the version it was made from, together with its ledger
 * records: of two collectors that change the same request at once, one wins and the other looks again. (I5)
 */
import { type Kysely, sql } from 'kysely';
import { problem } from '../server/problem.ts';
import type { Database, Store } from '../store/index.ts';
import { type Grant, type Instant, isEnded, type Phase, reviewDueAt } from './machine.ts';
import { END_TAKEOVER_MS, takeoverAt } from './takeover.ts';

export interface Stored {
  readonly grant: Grant;
  readonly version: number;
}

/** Somebody else changed the request meanwhile. */
export class Conflict extends Error {}

const date = (at: Instant | null): Date | null => (at === null ? null : new Date(at));

const columns = (grant: Grant, at: Instant) => ({
  phase: grant.phase,
  role: grant.role,
  lapses_at: new Date(grant.lapsesAt),
  expires_at: date(grant.expiresAt),
  due_at: date(reviewDueAt(grant)),
  reviewed_at: date(grant.reviewedAt),
  retry_at: date(takeoverAt(grant, at)),
  attempts: 0,
  doc: JSON.stringify(grant),
});

export async function insert(db: Kysely<Database>, grant: Grant): Promise<void> {
  await db
    .insertInto('grants')
    .values({
      ...columns(grant, grant.createdAt),
      id: grant.id,
      version: 1,
      sub: grant.by.sub,
      target: grant.target.id,
      created_at: new Date(grant.createdAt),
    })
    .execute();
}

/** Locks the row; throws {@link Conflict} when it is no longer at `version`. */
export async function update(db: Kysely<Database>, grant: Grant, version: number, at: Instant): Promise<void> {
  const done = await db
    .updateTable('grants')
    .set({ ...columns(grant, at), version: version + 1 })
    .where('id', '=', grant.id)
    .where('version', '=', version)
    .executeTakeFirst();
  if (done.numUpdatedRows !== 1n) throw new Conflict();
}

export async function find(store: Store, id: string): Promise<Stored | null> {
  const row = await store.selectFrom('grants').select(['doc', 'version']).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : { grant: row.doc, version: row.version };
}

/** Throws 404 where there is no such request. */
export async function load(store: Store, id: string): Promise<Stored> {
  const stored = await find(store, id);
  if (stored !== null) return stored;
  throw problem(404, 'not_found', 'There is no such request', { hint: 'Check the address.' });
}

const MOST_LISTED = 500;

/** A live grant with a change that waits for an answer. */
const changeWaits = sql<boolean>`phase = 'active' and doc -> 'changes' @> '[{"phase": "asked"}]'`;

const listing = (store: Store, sub: string, approver: boolean) =>
  store
    .selectFrom('grants')
    .where((is) => is.or([is('sub', '=', sub), ...(approver ? [is('phase', '=', 'requested'), changeWaits] : [])]))
    .orderBy('created_at', 'desc')
    .limit(MOST_LISTED);

/**
 * Requests that this person made, and those of others that wait for an answer where they may give one, or that are live
 * with a change that does. Newest first.
 */
export async function listed(store: Store, sub: string, approver: boolean): Promise<Grant[]> {
  const rows = await listing(store, sub, approver).select('doc').execute();
  return rows.map((row) => row.doc);
}

/** Which requests those are and at which version each is: as a text that changes with them. */
export async function listedNow(store: Store, sub: string, approver: boolean): Promise<string> {
  const rows = await listing(store, sub, approver).select(['id', 'version']).execute();
  return rows.map(({ id, version }) => `${id}:${version}`).join(' ');
}

/** Everything that ever was active or is: what reviewers read. Unsigned ones by deadline, then the signed ones. */
export async function forReview(store: Store): Promise<Grant[]> {
  const rows = await store
    .selectFrom('grants')
    .select('doc')
    .where('role', 'is not', null)
    .orderBy(sql`reviewed_at is not null`)
    .orderBy(sql`due_at asc nulls last`)
    .orderBy('created_at', 'desc')
    .limit(MOST_LISTED)
    .execute();
  return rows.map((row) => row.doc);
}

/** Reviews of this person's ended grants that are past their deadline. */
export async function overdueReviews(store: Store, sub: string, now: Date): Promise<number> {
  const row = await store
    .selectFrom('grants')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('sub', '=', sub)
    .where('reviewed_at', 'is', null)
    .where('due_at', '<=', now)
    .where('phase', 'not in', ['activating', 'active'])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Which of these roles stand behind a grant that is being activated, is active or is being ended. */
export async function liveRoles(store: Store, roles: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await store
    .selectFrom('grants')
    .select('role')
    .where('role', 'in', [...roles])
    .where('phase', 'in', ['activating', 'active', 'ending'])
    .execute();
  return new Set(rows.flatMap((row) => (row.role === null ? [] : [row.role])));
}

/** Targets that any grant ever had a role on. */
export async function targetsWithRoles(store: Store): Promise<string[]> {
  const rows = await store.selectFrom('grants').select('target').distinct().where('role', 'is not', null).execute();
  return rows.map((row) => row.target);
}

export interface Pending {
  readonly id: string;
  readonly phase: Phase;
  readonly expiresAt: Instant | null;
  readonly retryAt: Instant | null;
  readonly lapsesAt: Instant;
}

/** What time will move before `until`: lapses, deadlines, and what a collector left half done. */
export async function pending(store: Store, until: Date): Promise<Pending[]> {
  const rows = await store
    .selectFrom('grants')
    .select(['id', 'phase', 'expires_at', 'retry_at', 'lapses_at'])
    .where((is) =>
      is.or([
        is.and([is('phase', 'in', ['requested', 'approved']), is('lapses_at', '<=', until)]),
        is.and([is('phase', 'in', ['activating', 'active']), is('expires_at', '<=', until)]),
        is.and([is('phase', 'in', ['activating', 'active', 'ending']), is('retry_at', '<=', until)]),
      ]),
    )
    .execute();
  return rows
    .filter((row) => !isEnded(row.phase))
    .map((row) => ({
      id: row.id,
      phase: row.phase,
      expiresAt: row.expires_at?.getTime() ?? null,
      retryAt: row.retry_at?.getTime() ?? null,
      lapsesAt: row.lapses_at.getTime(),
    }));
}

/** Takes over an end that is due to be tried (again); false when another collector was faster. */
export async function claimEnd(store: Store, id: string, now: Date): Promise<boolean> {
  const done = await store
    .updateTable('grants')
    .set({ retry_at: new Date(now.getTime() + END_TAKEOVER_MS) })
    .where('id', '=', id)
    .where('phase', '=', 'ending')
    .where('retry_at', '<=', now)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** After a failed attempt: 1 s, 2 s, 4 s … at most a minute until the next. Answers with the wait. */
export async function postponeEnd(store: Store, id: string, now: Date): Promise<number> {
  const row = await store
    .updateTable('grants')
    .set((e) => ({
      attempts: e('attempts', '+', 1),
      retry_at: sql<Date>`${now}::timestamptz + least(60, power(2, least(attempts, 6))) * interval '1 s'`,
    }))
    .where('id', '=', id)
    .where('phase', '=', 'ending')
    .returning('retry_at')
    .executeTakeFirst();
  return row?.retry_at ? row.retry_at.getTime() - now.getTime() : 0;
}
