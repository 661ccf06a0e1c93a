/** What a well-formed policy file means: references resolved, limits filled in, and what makes no sense refused. Pure. */
import { EVERY_TABLE, limits, type Role, type TableScope } from '../../shared/grants.ts';
import { isLoopback } from '../config.ts';
import { checkGroups, checkOverlaps, requirementsOf } from './approvals.ts';
import type { Policy, PolicyScope, Rule, Severity, Target } from './model.ts';
import { notifyOf } from './notify.ts';
import { DEFAULT_LIMITS, type PolicyFile } from './schema.ts';
import { stepUpOf } from './step-up.ts';
import { testOf } from './tests.ts';

export interface Finding {
  readonly where: readonly PropertyKey[];
  readonly reason: string;
}
interface Context {
  readonly hash: string;
  readonly text: string;
  /** PEM per target id that names a `ca_file`. */
  readonly cas: ReadonlyMap<string, string>;
  refuse(finding: Finding): Error;
  /** Where something stands in the file, from 1. */
  place(where: readonly PropertyKey[]): { readonly line: number; readonly column: number };
}

export function meaningOf(file: PolicyFile, context: Context): Policy {
  const { refuse } = context;
  const targets = new Map<string, Target>();
  for (const [id, target] of Object.entries(file.targets)) {
    if (target.tls.mode === 'disable' && !isLoopback(target.host)) {
      throw refuse({
        where: ['targets', id, 'tls', 'mode'],
        reason: `TLS may be disabled on loopback only, and ${target.host} is not`,
      });
    }
    checkIdentifier(target.database, ['targets', id, 'database'], refuse);
    targets.set(id, {
      id,
      label: target.label,
      environment: target.environment,
      host: target.host,
      port: target.port,
      database: target.database,
      tls: {
        mode: target.tls.mode,
        ca: context.cas.get(id) ?? '',
        serverName: target.tls.server_name ?? target.host,
      },
    });
  }
  const scopes = new Map(Object.entries(file.scopes).map(([id, scope]) => [id, scopeOf(id, scope, refuse)]));
  const severities = new Map(
    Object.entries(file.severities).map(([id, severity]) => [
      id,
      severityOf(id, severity, { common: file.limits, scopes }, refuse),
    ]),
  );
  const rules = file.rules.map((rule, at) => ruleOf(rule, at, { targets, scopes, severities }, file.roles, refuse));
  const groups: Record<Role, readonly string[]> = {
    engineer: file.roles.engineer ?? [],
    approver: file.roles.approver ?? [],
    reviewer: file.roles.reviewer ?? [],
    operator: file.roles.operator ?? [],
  };
  checkSomebodyAnswers(file, groups, refuse);
  for (const [id, { approvals }] of Object.entries(file.severities))
    checkGroups(approvals, ['severities', id, 'approvals'], groups.approver, refuse);
  for (const [at, { approvals }] of file.rules.entries())
    checkGroups(approvals, ['rules', at, 'approvals'], groups.approver, refuse);
  checkOverlaps({ rules, severities }, refuse);
  return {
    hash: context.hash,
    text: context.text,
    groups,
    people: file.people,
    targets,
    scopes,
    severities,
    rules,
    tests: file.tests.map((test, at) => testOf(test, at, { ...context, people: file.people, severities })),
    lapse: { requestMinutes: file.lapse.request_minutes, activateMinutes: file.lapse.activate_minutes },
    audits: { every: file.audits.every, unusedDays: file.audits.unused_days },
    notify: notifyOf(file, refuse),
  };
}

/** PostgreSQL cuts what is longer than 63 bytes, and would then mean another name; it has no name with a NUL in it. */
function checkIdentifier(name: string, where: readonly PropertyKey[], refuse: Context['refuse']): void {
  if (Buffer.byteLength(name) > 63) throw refuse({ where, reason: `${name} is longer than 63 bytes` });
  if (name.includes('\0')) throw refuse({ where, reason: 'a name cannot hold the character NUL' });
}

/** Columns are those of one table; what is said of every table can only be said of all of their columns. */
function checkEveryTable(
  entry: PolicyFile['scopes'][string]['tables'][number],
  where: readonly PropertyKey[],
  refuse: Context['refuse'],
): void {
  if (entry.table !== EVERY_TABLE) {
    if (entry.except !== undefined)
      throw refuse({ where: [...where, 'except'], reason: `only table '${EVERY_TABLE}' has exceptions` });
    return;
  }
  for (const key of ['select', 'insert', 'update'] as const)
    if (Array.isArray(entry[key]))
      throw refuse({ where: [...where, key], reason: 'lists columns, but is about every table: name the table' });
}

function scopeOf(id: string, scope: PolicyFile['scopes'][string], refuse: Context['refuse']): PolicyScope {
  if (scope.owner !== undefined) checkIdentifier(scope.owner, ['scopes', id, 'owner'], refuse);
  const without = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  const tables = scope.tables.map((entry, at): TableScope => {
    const where = ['scopes', id, 'tables', at];
    const name = `${entry.schema}.${entry.table}`;
    if (seen.has(name)) throw refuse({ where, reason: `${name} is listed twice` });
    seen.add(name);
    const privileges = (['select', 'insert', 'update', 'delete'] as const).filter((key) => entry[key] !== undefined);
    if (privileges.length === 0)
      throw refuse({ where, reason: `${name} allows nothing: name select, insert, update or delete` });
    const write = privileges.find((key) => key !== 'select');
    if (scope.mode === 'read' && write !== undefined) {
      throw refuse({ where: [...where, write], reason: `a scope of mode read cannot allow ${write}` });
    }
    for (const key of ['schema', 'table', 'except', 'select', 'insert', 'update', 'without'] as const) {
      for (const part of [entry[key] ?? []].flat()) checkIdentifier(part, [...where, key], refuse);
    }
    checkEveryTable(entry, where, refuse);
    for (const key of ['select', 'insert', 'update'] as const) {
      const named = entry[key];
      if (!Array.isArray(named)) continue;
      const twice = named.find((column, i) => named.indexOf(column) !== i);
      if (twice !== undefined) throw refuse({ where: [...where, key], reason: `column ${twice} is listed twice` });
    }
    if (entry.without !== undefined) {
      const selected = entry.select;
      if (!Array.isArray(selected)) {
        throw refuse({ where: [...where, 'without'], reason: 'needs a select that lists columns' });
      }
      const both = entry.without.find((column) => selected.includes(column));
      if (both !== undefined)
        throw refuse({ where: [...where, 'without'], reason: `${both} is selected and withheld` });
      without.set(name, entry.without);
    }
    const { without: _documentation, ...table } = entry;
    return table;
  });
  if (scope.mode === 'write' && !scope.tables.some((table) => table.insert ?? table.update ?? table.delete)) {
    throw refuse({ where: ['scopes', id, 'mode'], reason: 'a scope of mode write allows no insert, update or delete' });
  }
  if (scope.mode !== 'ddl' && tables.length === 0)
    throw refuse({ where: ['scopes', id, 'tables'], reason: 'names no table, so it allows nothing' });
  if ((scope.mode === 'ddl') !== (scope.owner !== undefined))
    throw refuse({
      where: ['scopes', id, scope.owner === undefined ? 'mode' : 'owner'],
      reason: 'mode ddl needs an owner, and only mode ddl has one',
    });
  const mode = scope.mode === 'ddl' ? 'write' : scope.mode;
  const owner = scope.owner === undefined ? {} : { owner: scope.owner };
  return { scope: { id, label: scope.label, mode, tables, ...owner }, without };
}

function severityOf(
  id: string,
  severity: PolicyFile['severities'][string],
  { common, scopes }: { readonly common: PolicyFile['limits']; readonly scopes: ReadonlyMap<string, PolicyScope> },
  refuse: Context['refuse'],
): Severity {
  const defaultMinutes = severity.default_minutes ?? severity.max_minutes;
  if (defaultMinutes > severity.max_minutes) {
    throw refuse({
      where: ['severities', id, 'default_minutes'],
      reason: `${defaultMinutes} is above max_minutes, ${severity.max_minutes}`,
    });
  }
  const twice = severity.step_up?.who.find((role, at, all) => all.indexOf(role) !== at);
  if (twice !== undefined)
    throw refuse({ where: ['severities', id, 'step_up', 'who'], reason: `${twice} is listed twice` });
  checkOffline(id, severity, scopes, refuse);
  return {
    id,
    label: severity.label,
    maxMinutes: severity.max_minutes,
    defaultMinutes,
    approvals: requirementsOf(severity.approvals),
    alone: severity.alone,
    extensions: severity.extensions,
    elevationMinutes: severity.elevation_minutes,
    stepUp: severity.step_up === undefined ? null : stepUpOf(severity.step_up),
    reviewHours: severity.review_hours,
    notify: severity.notify,
    offline: severity.offline ?? null,
    limits: limits.parse({ ...DEFAULT_LIMITS, ...common, ...severity.limits }),
  };
}

/** What lies on a laptop for days is narrow: it reads, and for no longer than the same access would last otherwise. */
function checkOffline(
  id: string,
  { offline, max_minutes }: PolicyFile['severities'][string],
  scopes: ReadonlyMap<string, PolicyScope>,
  refuse: Context['refuse'],
): void {
  if (offline === undefined) return;
  const where = ['severities', id, 'offline'];
  for (const [at, name] of offline.scopes.entries()) {
    const found = scopes.get(name);
    if (found === undefined)
      throw refuse({ where: [...where, 'scopes', at], reason: `${name} is not one of the file's scopes` });
    if (found.scope.mode !== 'read')
      throw refuse({ where: [...where, 'scopes', at], reason: `${name} can write, an envelope can only read` });
  }
  if (offline.minutes > max_minutes)
    throw refuse({ where: [...where, 'minutes'], reason: `${offline.minutes} is above max_minutes, ${max_minutes}` });
}

function ruleOf(
  rule: PolicyFile['rules'][number],
  at: number,
  known: Record<'targets' | 'scopes' | 'severities', ReadonlyMap<string, unknown>>,
  roles: PolicyFile['roles'],
  refuse: Context['refuse'],
): Rule {
  for (const kind of ['targets', 'scopes', 'severities'] as const) {
    rule[kind].forEach((id, i) => {
      if (known[kind].has(id)) return;
      throw refuse({ where: ['rules', at, kind, i], reason: `${id} is not one of the file's ${kind}` });
    });
  }
  rule.roles.forEach((role, i) => {
    if (roles[role] === undefined) {
      throw refuse({ where: ['rules', at, 'roles', i], reason: `no group holds the role ${role}` });
    }
  });
  rule.groups?.forEach((group, i) => {
    if (rule.roles.some((role) => roles[role]?.includes(group))) return;
    throw refuse({ where: ['rules', at, 'groups', i], reason: `the group ${group} holds none of this rule’s roles` });
  });
  return {
    roles: rule.roles,
    groups: rule.groups ?? null,
    targets: rule.targets,
    scopes: rule.scopes,
    severities: rule.severities,
    maxMinutes: rule.max_minutes ?? null,
    approvals: rule.approvals === undefined ? null : requirementsOf(rule.approvals),
  };
}

/** A request that nobody can ever approve, or a review that nobody can ever sign, is a mistake in the file. */
function checkSomebodyAnswers(
  file: PolicyFile,
  groups: Readonly<Record<Role, readonly string[]>>,
  refuse: Context['refuse'],
): void {
  for (const [id, severity] of Object.entries(file.severities)) {
    if (!severity.alone && groups.approver.length === 0) {
      throw refuse({ where: ['severities', id], reason: 'needs approval, but no group holds the role approver' });
    }
    if (severity.review_hours !== null && groups.reviewer.length === 0) {
      throw refuse({
        where: ['severities', id, 'review_hours'],
        reason: 'a review becomes due, but no group holds the role reviewer',
      });
    }
  }
}
