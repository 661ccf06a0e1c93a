/** The policy after validation: every reference resolved, every limit filled in. Shared, immutable, without secrets. */
import type { Requirement } from '../../shared/approvals.ts';
import type { AuditEvery } from '../../shared/audits.ts';
import type { Environment, Limits, Role, Scope } from '../../shared/grants.ts';
import type { NotifyEvent } from '../../shared/notify.ts';
import type { StepUp } from '../../shared/step-up.ts';
import type { LimitName } from './decide.ts';

export interface Target {
  readonly id: string;
  readonly label: string;
  readonly environment: Environment;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: {
    readonly mode: 'verify-full' | 'disable';
    /** PEM of the certificates to trust; empty means the system's. */
    readonly ca: string;
    readonly serverName: string;
  };
}

/** A scope with the columns that its tables hold back, for the plain-words summary. */
export interface PolicyScope {
  readonly scope: Scope;
  /** Per `schema.table`: columns that exist and are withheld. */
  readonly without: ReadonlyMap<string, readonly string[]>;
}

export interface Severity {
  readonly id: string;
  readonly label: string;
  readonly maxMinutes: number;
  readonly defaultMinutes: number;
  /** Approvals of other people that a request needs when it is not alone; at least one. */
  readonly approvals: readonly Requirement[];
  /** The engineer may break the glass alone. */
  readonly alone: boolean;
  /** How often a live grant may be extended. */
  readonly extensions: number;
  /** Longest elevation of a live grant. */
  readonly elevationMinutes: number;
  /** Whose sign-in has to be fresh, and how; null where nobody's has to. */
  readonly stepUp: StepUp | null;
  /** Hours from the end of the grant until its review is due; null where none becomes due. */
  readonly reviewHours: number | null;
  readonly limits: Limits;
  /** Further channels for everything that is told about grants of this severity. */
  readonly notify: readonly string[];
  /** What may be sealed in an offline envelope; null: nothing. */
  readonly offline: { readonly scopes: readonly string[]; readonly minutes: number; readonly days: number } | null;
}

/** Anyone with one of these roles, in one of these groups, may use these severities on these targets with these scopes. */
export interface Rule {
  readonly roles: readonly Role[];
  /** And only in one of these groups; null: whatever the group. */
  readonly groups: readonly string[] | null;
  readonly targets: readonly string[];
  readonly scopes: readonly string[];
  readonly severities: readonly string[];
  /** Caps the severities' longest duration. */
  readonly maxMinutes: number | null;
  /** In place of the severities' own; null: theirs count. */
  readonly approvals: readonly Requirement[] | null;
}

/** Where messages go; its address and its secret are in the environment. */
export type Channel = { readonly id: string; readonly label: string } & (
  | { readonly kind: 'webhook' | 'slack' }
  | {
      readonly kind: 'smtp';
      readonly from: string;
      readonly to: readonly string[];
      /** Everybody with one of these roles whose address is known. */
      readonly toRoles: readonly Role[];
    }
);

export interface PolicyNotify {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Ids of channels that exist. */
  readonly events: Readonly<Partial<Record<NotifyEvent, readonly string[]>>>;
}

export interface PolicyPerson {
  readonly sub: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** A request and what the policy's author expects of it. */
export interface PolicyTest {
  /** What it shows, in the author's words; null where they gave none. */
  readonly name: string | null;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly column: number;
  readonly groups: readonly string[];
  /** How the file names them: a `sub` of `people`, or the groups. */
  readonly who: string;
  readonly target: string;
  readonly scope: string;
  readonly severity: string;
  readonly minutes: number;
  readonly alone: boolean;
  readonly overdueReviews: number;
  readonly expect: Expectation;
}
export type Expectation =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly limit: LimitName }
  | { readonly kind: 'approvals'; readonly approvals: number | readonly Requirement[] };

export interface Policy {
  /** SHA-256 of the file's bytes, base64url. */
  readonly hash: string;
  /** The file as it was read. */
  readonly text: string;
  readonly groups: Readonly<Record<Role, readonly string[]>>;
  readonly people: readonly PolicyPerson[];
  readonly targets: ReadonlyMap<string, Target>;
  readonly scopes: ReadonlyMap<string, PolicyScope>;
  /** In the order of the file. */
  readonly severities: ReadonlyMap<string, Severity>;
  readonly rules: readonly Rule[];
  /** What the file says about itself. */
  readonly tests: readonly PolicyTest[];
  /** Minutes until an unanswered request, or an approved one that nobody activated, lapses. */
  readonly lapse: { readonly requestMinutes: number; readonly activateMinutes: number };
  readonly audits: { readonly every: AuditEvery; readonly unusedDays: number };
  readonly notify: PolicyNotify;
}
