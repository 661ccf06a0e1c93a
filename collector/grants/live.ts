/** Who has access now, who may have it soon, and whose role is not gone yet: what a stop could be about. */
import { sql } from 'kysely';
import type { LiveGrant } from '../../shared/api-stop.ts';
import { writtenTables } from '../../shared/narrow.ts';
import type { Store } from '../store/index.ts';
import { changesOf } from './change.ts';
import type { Grant } from './machine.ts';
import { LIVE, PENDING } from './reach.ts';

export type ReadLive = () => Promise<LiveGrant[]>;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** By what is at stake: access, then roles that are left, then what waits. */
const ORDER: Readonly<Record<LiveGrant['state'], number>> = { active: 0, ending: 1, approved: 2, requested: 3 };

export function openLive(store: Store): ReadLive {
  const countOf = openCounts(store);

  const deviceNames = async (jkts: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    if (jkts.length === 0) return new Map();
    const rows = await store
      .selectFrom('devices')
      .select(['jkt', 'name'])
      .where('jkt', 'in', [...jkts])
      .execute();
    return new Map(rows.map(({ jkt, name }) => [jkt, name]));
  };

  return async () => {
    const rows = await store
      .selectFrom('grants')
      .select(['doc', 'attempts'])
      .where('phase', 'in', [...LIVE, ...PENDING])
      .execute();
    const told = rows.flatMap(({ doc }) => (doc.role === null ? [] : [doc.id]));
    const [names, counts] = await Promise.all([
      deviceNames([...new Set(rows.map(({ doc }) => doc.jkt))]),
      countOf(told),
    ]);
    const views = rows.map(({ doc, attempts }) => viewOf(doc, attempts, names, counts));
    const until = (view: LiveGrant): string => view.expires_at ?? '';
    return views.sort((a, b) => ORDER[a.state] - ORDER[b.state] || until(a).localeCompare(until(b)));
  };
}

function viewOf(
  grant: Grant,
  failed: number,
  names: ReadonlyMap<string, string>,
  counts: ReadonlyMap<string, number>,
): LiveGrant {
  const { id, by, phase, target, scope, severity, ticket, alone, jkt, end } = grant;
  // While a role is being made there is no access yet.
  const state = phase === 'active' || phase === 'ending' || phase === 'requested' ? phase : 'approved';
  return {
    id,
    state,
    by: { sub: by.sub, name: by.name },
    target,
    scope: { id: scope.id, label: scope.label, mode: scope.mode },
    severity,
    ticket,
    alone,
    device: { jkt, name: names.get(jkt) ?? 'unknown device' },
    activated_at: iso(grant.activatedAt),
    expires_at: iso(grant.expiresAt),
    elevation: elevationOf(grant),
    statements: counts.get(id) ?? 0,
    end: phase !== 'ending' || end === null ? null : { why: end.why, at: new Date(end.at).toISOString(), failed },
  };
}

function elevationOf(grant: Grant): LiveGrant['elevation'] {
  const change = changesOf(grant).find(({ kind, phase }) => kind === 'elevate' && phase === 'in_force');
  const until = iso(change?.until ?? null);
  if (change === undefined || until === null) return null;
  return { tables: writtenTables(change.scope), until };
}

/**
 * Statements so far by grant. The ledger only grows, so what was counted is kept and only what came since is read. A
 * Parse is not counted: its Executes are.
 */
function openCounts(store: Store): (gids: readonly string[]) => Promise<ReadonlyMap<string, number>> {
  let kept = new Map<string, { readonly upTo: number; readonly count: number }>();
  return async (gids) => {
    if (gids.length === 0) return new Map();
    const asked = gids.map((gid) => ({ gid, ...(kept.get(gid) ?? { upTo: -1, count: 0 }) }));
    const fresh = await sql<{ gid: string; newest: number; count: number }>`
      select gid, max(index) as newest,
             count(*) filter (where record ->> 'origin' <> 'introspection' and record ->> 'op' <> 'parse') as count
        from (select e.gid, e.index, convert_from(decode(e.line::json ->> 'payload', 'base64'), 'UTF8')::json as record
                from unnest(${asked.map(({ gid }) => gid)}::text[], ${asked.map(({ upTo }) => upTo)}::bigint[])
                       as asked (gid, up_to)
                join ledger_entries e on e.gid = asked.gid and e.index > asked.up_to and e.typ = 'intent') fresh
       group by gid`.execute(store);
    const news = new Map(fresh.rows.map((row) => [row.gid, row]));
    // Two readers at once may count the same; what is kept is one of their answers, and both are right.
    kept = new Map(
      asked.map(({ gid, upTo, count }) => {
        const found = news.get(gid);
        return [
          gid,
          found === undefined ? { upTo, count } : { upTo: found.newest, count: count + Number(found.count) },
        ];
      }),
    );
    return new Map([...kept].map(([gid, { count }]) => [gid, count]));
  };
}
