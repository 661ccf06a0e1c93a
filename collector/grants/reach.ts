/** What a stop is about, and the requests and grants that it reaches. */
import { type Kysely, sql } from 'kysely';
import { problem } from '../server/problem.ts';
import type { Database, Store } from '../store/index.ts';
import type { Phase } from './machine.ts';
import { load, type Stored } from './store.ts';

export type Reach =
  | { readonly what: 'everything'; readonly id?: undefined }
  | { readonly what: 'grant' | 'person' | 'device' | 'target'; readonly id: string };

/** Access is there, is about to be, or has a role that is not gone yet. */
export const LIVE: readonly Phase[] = ['activating', 'active', 'ending'];
/** Nothing is open, and nothing has closed it. */
export const PENDING: readonly Phase[] = ['requested', 'approved'];

/** Those in `phases`; with `lock` their rows stay as they are until the transaction ends. */
export async function reached(
  db: Kysely<Database>,
  reach: Reach,
  phases: readonly Phase[],
  lock: 'lock' | 'look' = 'look',
): Promise<Stored[]> {
  let query = db
    .selectFrom('grants')
    .select(['doc', 'version'])
    .where('phase', 'in', [...phases]);
  if (reach.what === 'grant') query = query.where('id', '=', reach.id);
  if (reach.what === 'person') query = query.where('sub', '=', reach.id);
  if (reach.what === 'target') query = query.where('target', '=', reach.id);
  if (reach.what === 'device') query = query.where(sql`doc ->> 'jkt'`, '=', reach.id);
  if (lock === 'lock') query = query.orderBy('id').forUpdate();
  const rows = await query.execute();
  return rows.map(({ doc, version }) => ({ grant: doc, version }));
}

const NAMES = { person: 'person', device: 'device', target: 'target' } as const;

/** Throws 404 for what never had anything to do with access: a slip of the hand must not look like a stop. (I6) */
export async function requireKnown(
  store: Store,
  reach: Reach,
  named: { readonly people: readonly { sub: string }[]; readonly targets: ReadonlyMap<string, unknown> },
): Promise<void> {
  const { what, id } = reach;
  if (what === 'everything') return;
  if (what === 'grant') return void (await load(store, id));
  const used = (column: 'sub' | 'target') =>
    store.selectFrom('grants').select('id').where(column, '=', id).limit(1).executeTakeFirst();
  const known = {
    person: async () =>
      named.people.some(({ sub }) => sub === id) ||
      (await store.selectFrom('people').select('sub').where('sub', '=', id).executeTakeFirst()) !== undefined ||
      (await used('sub')) !== undefined,
    device: async () =>
      (await store.selectFrom('devices').select('jkt').where('jkt', '=', id).executeTakeFirst()) !== undefined,
    target: async () => named.targets.has(id) || (await used('target')) !== undefined,
  };
  if (await known[what]()) return;
  throw problem(404, 'not_found', `There is no such ${NAMES[what]}`, {
    field: 'id',
    detail: 'Nothing was stopped.',
    hint: 'Check the id, or stop everything.',
  });
}
