/** What a person may ask for, with everything the request form says in plain words before it is sent. Pure. */
import type { Options, ScopeOption, SeverityOption } from '../../shared/api.ts';
import type { ScopeCheck } from '../../shared/api-check.ts';
import { type Requirement, total } from '../../shared/approvals.ts';
import { EVERY_TABLE, type Scope } from '../../shared/grants.ts';
import { approvalsFor } from './approvals.ts';
import { OVERDUE } from './decide.ts';
import type { Policy, PolicyScope, Severity } from './model.ts';
import { channelsFor } from './notify.ts';
import { maxMinutes, type Person } from './rules.ts';

/** What the policy cannot know by itself. */
export interface OptionsFacts {
  /** Reviews of this person's grants that are past their deadline. */
  readonly overdueReviews: number;
  /** People known to hold these roles, without the person themselves. */
  readonly approvers: number;
  readonly reviewers: number;
  /** What is known of a scope on a target; absent where nobody looks. */
  check?(target: string, scope: Scope): ScopeCheck | undefined;
}

export function optionsFor(person: Person, policy: Policy, facts: OptionsFacts): Options {
  const targets = [...policy.targets.values()].flatMap((target) => {
    const scopes = [...policy.scopes.values()].flatMap((scope): ScopeOption[] => {
      const severities = [...policy.severities.values()].flatMap((severity): SeverityOption[] => {
        const longest = maxMinutes(person, target.id, scope.scope.id, severity, policy.rules);
        if (longest === null) return [];
        const at = { target: target.id, scope: scope.scope.id, severity: severity.id };
        // Said for the longest duration: a shorter one never needs more.
        const requirements = approvalsFor(person, at, longest, severity, policy.rules);
        const told = {
          approvers: facts.approvers,
          reviewers: facts.reviewers,
          alone: channels(policy, 'glass_broken', severity.id),
          asked: channels(policy, 'request_waiting', severity.id),
        };
        return [severityOption(severity, longest, requirements, told, facts)];
      });
      if (severities.length === 0) return [];
      const { id, label, mode } = scope.scope;
      const check = facts.check?.(target.id, scope.scope);
      const known = check === undefined ? {} : { check };
      return [{ id, label, mode, summary: summaryOf(scope), scope: scope.scope, severities, ...known }];
    });
    if (scopes.length === 0) return [];
    const { id, label, environment, database } = target;
    return [{ id, label, environment, database, scopes }];
  });
  return { policy: policy.hash, targets, overdue_reviews: facts.overdueReviews };
}

function severityOption(
  severity: Severity,
  longest: number,
  requirements: readonly Requirement[],
  told: SeverityOption['told'],
  facts: OptionsFacts,
): SeverityOption {
  return {
    id: severity.id,
    label: severity.label,
    summary: `${duration(longest)}, ${severity.alone ? 'alone' : approvals(total(requirements))}`,
    max_minutes: longest,
    default_minutes: Math.min(severity.defaultMinutes, longest),
    approvals: total(requirements),
    approvals_from: [...requirements],
    alone: severity.alone,
    review_hours: severity.reviewHours,
    ...(severity.stepUp === null ? {} : { step_up: severity.stepUp }),
    limits: severity.limits,
    told,
    refused: refusal(severity, facts),
  };
}

/** By label. */
const channels = (policy: Policy, event: 'glass_broken' | 'request_waiting', severity: string): string[] =>
  channelsFor(policy, event, severity).map((id) => policy.notify.channels.get(id)?.label ?? id);

function refusal(severity: Severity, facts: OptionsFacts): string | null {
  // An overdue review takes away going alone. The form offers such a severity as alone or not at all.
  if (severity.alone && facts.overdueReviews > 0)
    return `${OVERDUE(facts.overdueReviews)}; use a severity that asks for approval`;
  return null;
}

const approvals = (count: number): string => (count === 1 ? 'one approval' : `${count} approvals`);
const duration = (minutes: number): string =>
  minutes % 60 === 0 && minutes > 60 ? `${minutes / 60} h` : `${minutes} min`;

/** `Read 7 tables; customers without email, phone` · `Update 1 table (orders: status, details), read 6 tables` */
export function summaryOf({ scope, without }: PolicyScope): string {
  const parts: string[] = scope.owner === undefined ? [] : [`create, alter and drop what ${scope.owner} owns`];
  for (const verb of ['insert', 'update', 'delete'] as const) {
    const written = scope.tables.filter((table) => table[verb] !== undefined);
    if (written.length === 0) continue;
    const names = written.map((table) => {
      const columns = table[verb];
      if (table.table === EVERY_TABLE) return `everything in ${table.schema}`;
      return Array.isArray(columns) ? `${table.table} (${columns.join(', ')})` : table.table;
    });
    parts.push(`${verb} ${names.join(', ')}`);
  }
  const read = scope.tables.filter((table) => table.select !== undefined);
  const counted = read.filter(({ table }) => table !== EVERY_TABLE).length;
  const whole = read.flatMap(({ schema, table, except = [] }) =>
    table === EVERY_TABLE ? [`everything in ${schema}${except.length > 0 ? ` but ${except.join(', ')}` : ''}`] : [],
  );
  if (read.length > 0)
    parts.push(
      `read ${[...whole, ...(counted > 0 ? [`${counted} ${counted === 1 ? 'table' : 'tables'}`] : [])].join(' and ')}`,
    );
  const sentence = parts.join(', ');
  const held = read.flatMap((table) => {
    const columns = without.get(`${table.schema}.${table.table}`);
    if (columns !== undefined) return [`${table.table} without ${columns.join(', ')}`];
    return Array.isArray(table.select) ? [`${table.select.length} columns of ${table.table}`] : [];
  });
  return [sentence.charAt(0).toUpperCase() + sentence.slice(1), ...held].join('; ');
}
