/**
 * Whether a live grant was changed only as somebody was allowed to change it: each extension and each elevation asked for,
 * approved by those whose approvals it needed, signed, and for no longer than was asked (docs/record-format.md, 6). (I3, I4, I6)
 */
import { elevationClaims } from '../api-change.ts';
import { type GivenBy, missing } from '../approvals.ts';
import type { GrantClaims } from '../grants.ts';
import type { Primitives } from '../primitives.ts';
import type { BundleHeader } from './bundle.ts';
import { canonical } from './canonical.ts';
import type { Findings } from './findings.ts';
import { type OpenedJws, openJws } from './jws.ts';
import type { CollectorRecord } from './records.ts';

type Asked = Extract<CollectorRecord, { typ: 'change' }>;
interface Known {
  readonly asked: Asked;
  readonly given: GivenBy[];
  /** It was refused, withdrawn, has lapsed, or was used. */
  closed: boolean;
}

export class ChangesCheck {
  readonly #p: Primitives;
  readonly #header: Pick<BundleHeader, 'grant_key' | 'gid'>;
  readonly #findings: Findings;
  readonly #changes = new Map<string, Known>();
  #grant: GrantClaims | null = null;

  constructor(p: Primitives, header: Pick<BundleHeader, 'grant_key' | 'gid'>, findings: Findings) {
    this.#p = p;
    this.#header = header;
    this.#findings = findings;
  }

  record(record: CollectorRecord, index: number): void {
    if (record.typ === 'change') {
      this.#findings.check(
        'identity',
        record.dev === this.#grant?.cnf.jkt && record.by.sub === this.#grant.sub,
        () => `The change in entry ${index} was not asked for by whoever holds the grant.`,
      );
      this.#changes.set(record.id, { asked: record, given: [], closed: false });
    } else if (record.typ === 'decision' && record.of !== undefined) this.#decision(record, index);
    else if (record.typ === 'elevation') this.#elevation(record, index);
    else if (record.typ === 'change.made' || record.typ === 'change.end')
      this.#findings.check(
        'identity',
        this.#changes.get(record.of)?.asked.kind === record.kind,
        () => `Entry ${index} is of a change that nobody asked for.`,
      );
  }

  #decision(record: Extract<CollectorRecord, { typ: 'decision' }>, index: number): void {
    const known = this.#changes.get(record.of ?? '');
    if (!this.#findings.check('identity', known !== undefined, () => `Entry ${index} decides on an unknown change.`))
      return;
    if (known === undefined) return;
    if (record.decision !== 'approved') known.closed = true;
    else if (record.by !== null) known.given.push({ sub: record.by.sub, groups: record.groups ?? [] });
  }

  /** A grant record: the first is the grant itself, each later one has to be an extension that was approved. */
  grant(claims: GrantClaims, index: number): void {
    const before = this.#grant;
    this.#grant = claims;
    if (before === null) return;
    const where = `The grant in entry ${index}`;
    const { exp: _, ...was } = before;
    const { exp: __, ...is } = claims;
    this.#findings.check(
      'identity',
      canonical(was) === canonical(is),
      () => `${where} changes more than the deadline of the one before.`,
    );
    const seconds = claims.exp - before.exp;
    const change = [...this.#changes.values()].find(({ asked, closed }) => asked.kind === 'extend' && !closed);
    const approved = change !== undefined && enough(change, claims.sub) && seconds <= change.asked.minutes * 60;
    this.#findings.check(
      'identity',
      approved,
      () => `${where} moves the deadline by more than was asked and approved.`,
    );
    if (change !== undefined) change.closed = true;
  }

  #elevation(record: Extract<CollectorRecord, { typ: 'elevation' }>, index: number): void {
    const where = `The elevation in entry ${index}`;
    let jws: OpenedJws;
    try {
      jws = openJws(record.jws);
    } catch {
      this.#findings.check('identity', false, () => `${where} cannot be read.`);
      return;
    }
    const { grant_key: key, gid } = this.#header;
    const signed =
      jws.alg === 'EdDSA' && jws.typ === 'vitrine-elevation+jwt' && this.#p.verify(key, jws.signed, jws.signature);
    this.#findings.check('identity', signed, () => `${where} is not signed by the grant key.`);
    const parsed = elevationClaims.safeParse(jws.claims);
    this.#findings.check('form', parsed.success, () => `${where} does not have the claims of an elevation.`);
    if (!parsed.success) return;
    const claims = parsed.data;
    const grant = this.#grant;
    this.#findings.check(
      'identity',
      claims.gid === gid && claims.jti === record.of && claims.cnf.jkt === grant?.cnf.jkt && claims.sub === grant.sub,
      () => `${where} is of another grant, device or person.`,
    );
    const change = this.#changes.get(record.of);
    const asked =
      change !== undefined &&
      !change.closed &&
      change.asked.kind === 'elevate' &&
      canonical(claims.scope) === canonical(change.asked.scope) &&
      enough(change, claims.sub) &&
      claims.exp - claims.iat <= change.asked.minutes * 60;
    this.#findings.check('identity', asked, () => `${where} gives something else than what was asked and approved.`);
    if (change !== undefined) change.closed = true;
  }
}

/** Alone, its holder's own approval; otherwise everybody's whose approval it needs. */
function enough({ asked, given }: Known, holder: string): boolean {
  if (asked.alone) return given.some(({ sub }) => sub === holder);
  return given.every(({ sub }) => sub !== holder) && given.length > 0 && missing(asked.approvals, given).length === 0;
}
