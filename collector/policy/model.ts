/** The policy after validation: every reference resolved, every limit filled in. Shared, immutable, without secrets. */
import type { Environment, Limits, Role, Scope } from '../../shared/grants.ts';

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
  /** Approvals of other people that a request needs when it is not alone; at least 1. */
  readonly approvals: number;
  /** The engineer may break the glass alone. */
  readonly alone: boolean;
  /** Hours from the end of the grant until its review is due; null where none becomes due. */
  readonly reviewHours: number | null;
  readonly limits: Limits;
}

/** Anyone with one of these roles may use these severities on these targets with these scopes. */
export interface Rule {
  readonly roles: readonly Role[];
  readonly targets: readonly string[];
  readonly scopes: readonly string[];
  readonly severities: readonly string[];
  /** Caps the severities' longest duration. */
  readonly maxMinutes: number | null;
}

export interface PolicyPerson {
  readonly sub: string;
  readonly name: string;
  readonly groups: readonly string[];
}

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
  /** Minutes until an unanswered request, or an approved one that nobody activated, lapses. */
  readonly lapse: { readonly requestMinutes: number; readonly activateMinutes: number };
}
