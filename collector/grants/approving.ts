/** What one approval gives and whether it counts: from whom, for how long, for which tables. Pure. (I6) */
import { createHash } from 'node:crypto';
import { counts, type GivenBy, missing, type Requirement, requirementWords } from '../../shared/approvals.ts';
import { canonical } from '../../shared/audit/canonical.ts';
import { toBase64url, utf8 } from '../../shared/encoding.ts';
import type { Approval, Scope } from '../../shared/grants.ts';
import { intersection, isNarrower, tableName, withoutTables } from '../../shared/narrow.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';
import type { Approve, Grant, Step } from './machine.ts';

/** An approval as it is stored; the signed grant holds only what {@link Approval} has. */
export interface GivenApproval extends Approval {
  readonly groups?: readonly string[];
  /** What this approval left out, in the approver's choice; missing where it gave all that was asked for. */
  readonly minutes?: number;
  readonly scope?: string;
  readonly without?: readonly string[];
}

const sha256 = (value: unknown): string =>
  toBase64url(
    createHash('sha256')
      .update(utf8(canonical(value)))
      .digest(),
  );

export const requirementsOf = (grant: Pick<Grant, 'requirements' | 'approvalsNeeded'>): readonly Requirement[] =>
  grant.requirements ?? [{ count: grant.approvalsNeeded, groups: null }];
export const needsGroups = (grant: Pick<Grant, 'requirements' | 'approvalsNeeded'>): boolean =>
  requirementsOf(grant).some(({ groups }) => groups !== null);
const givenBy = (grant: Grant): readonly GivenBy[] => grant.approvals.map(({ sub, groups = [] }) => ({ sub, groups }));
/** Approvals that are still missing, and from whom. */
export const missingOf = (grant: Grant): readonly Requirement[] => missing(requirementsOf(grant), givenBy(grant));

/** Hash of what an approver decides on: it changes when somebody else gave less meanwhile, not when they gave it all. */
export const digestOf = ({ id, by, target, scope, severity, ticket, reason, minutes }: Grant): string =>
  sha256({ id, by: by.sub, target: target.id, scope, severity, ticket, reason, minutes });

/** Why an approval by this person would bring the request no nearer; null where it counts. */
export function notCounting(grant: Grant, { by, groups = [] }: Pick<Approve, 'by' | 'groups'>): string | null {
  if (counts(requirementsOf(grant), givenBy(grant), { sub: by.sub, groups })) return null;
  return `Your approval would not count: still missing is ${requirementWords(missingOf(grant))}`;
}

export type Weighed =
  | {
      readonly kind: 'given';
      readonly approval: GivenApproval;
      /** What is left after it: the least that anybody gave. */
      readonly minutes: number;
      readonly scope: Scope;
      /** Less is left than before. */
      readonly narrows: boolean;
      readonly enough: boolean;
      readonly record: Partial<Extract<NewCollectorRecord, { typ: 'decision' }>>;
    }
  | Extract<Step, { kind: 'refused' }>;

const refused = (field: string, code: string, title: string, hint: string): Weighed => ({
  kind: 'refused',
  code,
  title,
  hint,
  field,
});

/** What is left of the request with this approval. Whether it counts, and whether it comes in time, is asked elsewhere. */
export function weigh(grant: Grant, event: Approve): Weighed {
  const asked = grant.asked ?? grant;
  const { by, at, groups = [], minutes = asked.minutes, scope = asked.scope, without = [] } = event;
  if (minutes > asked.minutes)
    return refused('minutes', 'not_narrower', `${asked.minutes} minutes were asked for`, 'Give as many or fewer.');
  if (!isNarrower(scope, asked.scope))
    return refused('scope', 'not_narrower', `${scope.label} allows something that was not asked for`, 'Pick another.');
  const unknown = without.find((name) => !scope.tables.some((table) => tableName(table) === name));
  if (unknown !== undefined)
    return refused('without', 'not_in_scope', `${unknown} is not a table of ${scope.label}`, 'Look at it again.');
  const left = leftOf(grant.scope, scope, without);
  if (left === null)
    return refused(
      without.length > 0 ? 'without' : 'scope',
      'nothing_left',
      'Nothing would be left of this request',
      grant.asked === undefined
        ? 'Leave a table in, or deny it.'
        : 'Somebody else gave other tables. Deny it, or give more.',
    );
  const least = Math.min(minutes, grant.minutes);
  const narrows = least < grant.minutes || !isNarrower(grant.scope, left);
  const approval: GivenApproval = {
    sub: by.sub,
    name: by.name,
    alone: false,
    at: new Date(at).toISOString(),
    groups,
    ...(minutes < asked.minutes ? { minutes } : {}),
    ...(scope.id === asked.scope.id ? {} : { scope: scope.label }),
    ...(without.length > 0 ? { without } : {}),
  };
  const named = new Set(requirementsOf(grant).flatMap((one) => one.groups ?? []));
  const record = {
    ...(needsGroups(grant) ? { groups: groups.filter((group) => named.has(group)) } : {}),
    ...(narrows ? { minutes: least, scope: left.id, scope_hash: sha256(left) } : {}),
    ...(without.length > 0 ? { without: [...without] } : {}),
  };
  const enough = missing(requirementsOf(grant), [...givenBy(grant), { sub: by.sub, groups }]).length === 0;
  return { kind: 'given', approval, minutes: least, scope: left, narrows, enough, record };
}

/** `before` is what others left. An unchanged scope keeps the very form in which it was asked for. */
function leftOf(before: Scope, chosen: Scope, without: readonly string[]): Scope | null {
  const common = isNarrower(before, chosen) ? before : intersection(chosen, before);
  return common === null || without.length === 0 ? common : withoutTables(common, without);
}
