/**
 * Whether the grant is what the approvers gave: enough of them, each on the record, for no longer and for no more than the
 * narrowest of them allowed (docs/record-format.md, 6). (I4, I6)
 */
import { type GivenBy, missing } from '../approvals.ts';
import { toBase64url, utf8 } from '../encoding.ts';
import type { GrantClaims } from '../grants.ts';
import type { Primitives } from '../primitives.ts';
import { canonical } from './canonical.ts';
import type { Findings } from './findings.ts';
import type { CollectorRecord } from './records.ts';

type Request = Extract<CollectorRecord, { typ: 'request' }>;

export class ApprovalsCheck {
  readonly #p: Primitives;
  readonly #findings: Findings;
  #request: Request | null = null;
  readonly #given: GivenBy[] = [];
  #minutes = Number.POSITIVE_INFINITY;
  #scope: { readonly id: string; readonly hash: string } | null = null;
  #granted = false;

  constructor(p: Primitives, findings: Findings) {
    this.#p = p;
    this.#findings = findings;
  }

  record(record: CollectorRecord): void {
    if (record.typ === 'request') {
      this.#request = record;
      this.#minutes = Math.min(this.#minutes, record.minutes);
    }
    if (record.typ !== 'decision' || record.decision !== 'approved' || record.by === null) return;
    // Approvals of changes are another matter (`verify-changes.ts`).
    if (record.of !== undefined) return;
    const { by, groups = [], minutes, scope, scope_hash: hash } = record;
    this.#given.push({ sub: by.sub, groups });
    if (minutes !== undefined) this.#minutes = Math.min(this.#minutes, minutes);
    if (scope !== undefined && hash !== undefined) this.#scope = { id: scope, hash };
  }

  /** The first grant record; a later one only moves the deadline, and is not what the approvers were asked about. */
  grant(claims: GrantClaims, index: number): void {
    if (this.#granted || this.#request === null) return;
    this.#granted = true;
    const where = `The grant in entry ${index}`;
    const { approvals: needed, alone, scope } = this.#request;
    const long = claims.exp - claims.iat;
    this.#findings.check(
      'identity',
      long <= this.#minutes * 60,
      () => `${where} is for ${long} seconds, and ${this.#minutes * 60} were given.`,
    );
    const id = this.#scope?.id ?? scope;
    const hash = toBase64url(this.#p.sha256(utf8(canonical(claims.scope))));
    this.#findings.check(
      'identity',
      claims.scope.id === id && (this.#scope === null || this.#scope.hash === hash),
      () => `${where} has another scope than the one that was given.`,
    );
    if (alone) return;
    const unheard = claims.approvals.find(({ sub }) => !this.#given.some((one) => one.sub === sub));
    this.#findings.check(
      'identity',
      unheard === undefined,
      () => `${where} names an approval by ${unheard?.sub ?? ''} that is on no record.`,
    );
    this.#findings.check(
      'identity',
      missing(needed ?? [], this.#given).length === 0,
      () => `${where} lacks approvals that its request needed.`,
    );
  }
}
