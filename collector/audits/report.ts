/** Reads everything that a report holds. What cannot be read of a target is said in it, and never left out quietly. */
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { alertRecord, policyRecord } from '../../shared/audit/records.ts';
import type { AuditedGrant, AuditReport } from '../../shared/audits.ts';
import type { CollectorDeps } from '../deps.ts';
import { rolesKept } from '../envelopes/index.ts';
import { type Grant, reviewDueAt, reviewState, stateOf } from '../grants/machine.ts';
import { liveRoles, targetsWithRoles } from '../grants/store.ts';
import { covers, rolesOf } from '../policy/index.ts';
import type { Targets } from '../targets/index.ts';
import type { Period } from './period.ts';

export type ReportDeps = Pick<CollectorDeps, 'store' | 'policy' | 'log'> & {
  readonly targets: Pick<Targets, 'roles'>;
};

const DAY = 86_400_000;
const iso = (at: Date | number): string => new Date(at).toISOString();
const orNull = (at: Date | number | null | undefined): string | null =>
  at === null || at === undefined ? null : iso(at);

/** `at` is the moment at which it is read: reviews that are overdue and rights that are unused are so at that moment. */
export async function readReport(deps: ReportDeps, period: Period, at: Date): Promise<AuditReport> {
  const { unusedDays } = deps.policy.current().audits;
  const since = new Date(at.getTime() - unusedDays * DAY);
  const [grants, overdue, standing, removed, people, devices, policies] = await Promise.all([
    askedIn(deps, period, at),
    overdueAt(deps, at),
    standingRoles(deps),
    removedRoles(deps, period),
    unusedPeople(deps, since),
    unusedDevices(deps, since),
    policiesIn(deps, period),
  ]);
  return {
    v: 1,
    from: iso(period.from),
    until: iso(period.until),
    at: iso(at),
    unused_days: unusedDays,
    grants,
    overdue,
    roles: [...standing.roles, ...removed],
    unreachable: standing.unreachable,
    people,
    devices,
    policies,
  };
}

async function askedIn({ store }: ReportDeps, { from, until }: Period, now: Date): Promise<AuditedGrant[]> {
  const rows = await store
    .selectFrom('grants')
    .select('doc')
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .orderBy('created_at')
    .execute();
  return rows.map(({ doc }) => audited(doc, now));
}

async function overdueAt({ store }: ReportDeps, now: Date): Promise<AuditedGrant[]> {
  const rows = await store
    .selectFrom('grants')
    .select('doc')
    .where('reviewed_at', 'is', null)
    .where('due_at', '<=', now)
    .where('phase', 'not in', ['activating', 'active'])
    .orderBy('due_at')
    .execute();
  return rows.map(({ doc }) => audited(doc, now));
}

function audited(grant: Grant, now: Date): AuditedGrant {
  const { id, by, target, scope, severity, ticket, minutes, alone, approvals, end } = grant;
  return {
    id,
    by: { sub: by.sub, name: by.name },
    target: { id: target.id, label: target.label },
    scope: scope.label,
    severity,
    ticket,
    minutes,
    alone,
    approved_by: approvals.filter((one) => !one.alone).map(({ name }) => name),
    state: stateOf(grant),
    asked_at: iso(grant.createdAt),
    opened_at: grant.told ? orNull(grant.activatedAt) : null,
    ended_at: orNull(end?.at),
    ended_by: end?.by?.name ?? null,
    gone_ms: end?.goneMs ?? null,
    review: reviewState(grant, now.getTime()),
    review_due_at: orNull(reviewDueAt(grant)),
  };
}

const names = (roles: readonly { readonly name: string }[]): string[] => roles.map(({ name }) => name);

/** Roles that are on a target now without a live grant behind them; the reaper removes them within a minute. */
async function standingRoles({
  store,
  policy,
  targets,
  log,
}: ReportDeps): Promise<Pick<AuditReport, 'roles' | 'unreachable'>> {
  const known = policy.current().targets;
  const ids = [...new Set([...known.keys(), ...(await targetsWithRoles(store))])];
  const found = await Promise.all(
    ids.map(async (id) => {
      const target = { id, label: known.get(id)?.label ?? id };
      try {
        const there = await targets.roles(id);
        const live =
          there.length === 0
            ? new Set<string>()
            : new Set([...(await liveRoles(store, names(there))), ...(await rolesKept(store, names(there)))]);
        const strays = there.filter(({ name }) => !live.has(name));
        return {
          roles: strays.map(({ name, grant }) => ({ target, role: name, grant, removed: false })),
          unreachable: [],
        };
      } catch (error) {
        log.warn({ err: error, target: id }, 'a target could not be asked for its roles; the audit says so');
        return { roles: [], unreachable: [target] };
      }
    }),
  );
  return { roles: found.flatMap(({ roles }) => roles), unreachable: found.flatMap(({ unreachable }) => unreachable) };
}

/** What the reaper has found and removed within the period, as the ledger has it. */
async function removedRoles({ store, policy }: ReportDeps, period: Period): Promise<AuditReport['roles']> {
  const lines = await recordsIn({ store }, 'alert', period);
  return lines.flatMap(({ line }) => {
    const alert = alertRecord.parse(openEnvelope(line).record);
    const [, role, id] = /^(\S+) on (\S+) was still there/.exec(alert.detail) ?? [];
    if (alert.kind !== 'role_outlived' || role === undefined || id === undefined) return [];
    const label = policy.current().targets.get(id)?.label ?? id;
    return [{ target: { id, label }, role, grant: alert.gid, removed: true }];
  });
}

async function policiesIn({ store }: ReportDeps, period: Period): Promise<AuditReport['policies']> {
  const lines = await recordsIn({ store }, 'policy', period);
  return lines.map(({ line, index, received_at }) => ({
    hash: policyRecord.parse(openEnvelope(line).record).policy,
    at: iso(received_at),
    index,
  }));
}

const recordsIn = ({ store }: Pick<ReportDeps, 'store'>, typ: 'alert' | 'policy', { from, until }: Period) =>
  store
    .selectFrom('ledger_entries')
    .select(['index', 'line', 'received_at'])
    .where('typ', '=', typ)
    .where('received_at', '>=', from)
    .where('received_at', '<', until)
    .orderBy('index')
    .execute();

/** People whom a rule of the policy lets ask, and who have opened nothing since then. */
async function unusedPeople({ store, policy }: ReportDeps, since: Date): Promise<AuditReport['people']> {
  const now = policy.current();
  const seen = await store.selectFrom('people').select(['sub', 'name', 'groups', 'seen_at']).execute();
  const used = await store
    .selectFrom('grants')
    .select((e) => ['sub', e.fn.max('created_at').as('last')])
    .where('role', 'is not', null)
    .groupBy('sub')
    .execute();
  const lastOf = new Map(used.map(({ sub, last }) => [sub, last] as const));
  const everyone = new Map<string, { name: string; groups: readonly string[]; seen_at: Date | null }>(
    now.people.map(({ sub, name, groups }) => [sub, { name, groups, seen_at: null }]),
  );
  for (const { sub, name, groups, seen_at } of seen) everyone.set(sub, { name, groups, seen_at });
  return [...everyone]
    .map(([sub, { name, groups, seen_at }]) => ({
      sub,
      name,
      groups,
      roles: rolesOf(groups, now),
      seen_at,
      last: lastOf.get(sub),
    }))
    .filter((person) => now.rules.some((rule) => covers(rule, person)))
    .filter(({ last }) => last === undefined || last < since)
    .map(({ sub, name, roles, seen_at, last }) => ({
      sub,
      name,
      roles: [...roles],
      last_used_at: orNull(last),
      seen_at: orNull(seen_at),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

async function unusedDevices({ store }: ReportDeps, since: Date): Promise<AuditReport['devices']> {
  const rows = await store
    .selectFrom('devices')
    .leftJoin('people', 'people.sub', 'devices.sub')
    .select(['devices.jkt', 'devices.name', 'devices.sub', 'devices.enrolled_at', 'devices.seen_at'])
    .select('people.name as person')
    .where('devices.revoked_at', 'is', null)
    .where('devices.seen_at', '<', since)
    .orderBy('devices.seen_at')
    .execute();
  return rows.map(({ jkt, name, sub, person, enrolled_at, seen_at }) => ({
    jkt,
    name,
    by: { sub, name: person ?? sub },
    enrolled_at: iso(enrolled_at),
    seen_at: iso(seen_at),
  }));
}
