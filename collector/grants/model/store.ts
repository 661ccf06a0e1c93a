/**
 * The store of grants in memory, for the model of the whole grant: the same functions as `../store.ts`, with the same
 * meaning. Each answers at once; the pauses of a real one are where the model puts them, between the steps.
 */
import { problem } from '../../server/problem.ts';
import type { Grant, Instant } from '../machine.ts';
import type { Pending, Stored } from '../store.ts';
import { END_TAKEOVER_MS, takeoverAt } from '../takeover.ts';

interface Row {
  readonly grant: Grant;
  readonly version: number;
  readonly retryAt: Instant | null;
  readonly attempts: number;
}
/** What the model hands over as the store. */
export interface MemoryStore {
  readonly rows: Map<string, Row>;
  /** Before a query is answered, and after it: here a collector may be overtaken, or die. */
  point(): Promise<void>;
}

export class Conflict extends Error {}

const rowOf = (grant: Grant, version: number, at: Instant): Row => ({
  grant,
  version,
  retryAt: takeoverAt(grant, at),
  attempts: 0,
});

export async function insert({ rows }: MemoryStore, grant: Grant): Promise<void> {
  rows.set(grant.id, rowOf(grant, 1, grant.createdAt));
}

export async function update({ rows }: MemoryStore, grant: Grant, version: number, at: Instant): Promise<void> {
  if (rows.get(grant.id)?.version !== version) throw new Conflict();
  rows.set(grant.id, rowOf(grant, version + 1, at));
}

export async function load(store: MemoryStore, id: string): Promise<Stored> {
  await store.point();
  const row = store.rows.get(id);
  if (row === undefined) throw problem(404, 'not_found', 'There is no such request');
  await store.point();
  return row;
}

export const overdueReviews = async (): Promise<number> => 0;

export async function liveRoles({ rows }: MemoryStore, roles: readonly string[]): Promise<ReadonlySet<string>> {
  const live = [...rows.values()].flatMap(({ grant: { role, phase } }) =>
    role !== null && ['activating', 'active', 'ending'].includes(phase) ? [role] : [],
  );
  return new Set(live.filter((role) => roles.includes(role)));
}

export async function pending({ rows }: MemoryStore, until: Date): Promise<Pending[]> {
  const by = until.getTime();
  return [...rows.values()]
    .map(({ grant: { id, phase, expiresAt, lapsesAt }, retryAt }) => ({ id, phase, expiresAt, lapsesAt, retryAt }))
    .filter(
      ({ phase, expiresAt, lapsesAt, retryAt }) =>
        (['requested', 'approved'].includes(phase) && lapsesAt <= by) ||
        (['activating', 'active'].includes(phase) && expiresAt !== null && expiresAt <= by) ||
        (['activating', 'ending'].includes(phase) && retryAt !== null && retryAt <= by),
    );
}

export async function claimEnd({ rows }: MemoryStore, id: string, now: Date): Promise<boolean> {
  const row = rows.get(id);
  if (row?.grant.phase !== 'ending' || row.retryAt === null || row.retryAt > now.getTime()) return false;
  rows.set(id, { ...row, retryAt: now.getTime() + END_TAKEOVER_MS });
  return true;
}

export async function postponeEnd({ rows }: MemoryStore, id: string, now: Date): Promise<number> {
  const row = rows.get(id);
  if (row?.grant.phase !== 'ending') return 0;
  const wait = Math.min(60, 2 ** Math.min(row.attempts, 6)) * 1000;
  rows.set(id, { ...row, attempts: row.attempts + 1, retryAt: now.getTime() + wait });
  return wait;
}
