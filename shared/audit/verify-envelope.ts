/**
 * Whether a grant that says `offline` came out of an envelope as it should: two people confirmed it who are not its holder,
 * its device opened it once, in time, and said so before anything else; and whether a grant that does not say so has no
 * such records (docs/record-format.md, 6). (I3, I4, I5)
 */
import type { GrantClaims } from '../grants.ts';
import type { Findings } from './findings.ts';
import type { CollectorRecord, EnvelopeOpened, SessionOpen } from './records.ts';
import { TOLERANCE_MS } from './verify-session.ts';

type Asked = Extract<CollectorRecord, { typ: 'envelope.asked' }>;
const CONFIRMATIONS = 2;

export class EnvelopeCheck {
  readonly #findings: Findings;
  #asked: Asked | null = null;
  readonly #confirmed = new Set<string>();
  #granted = false;
  #offline: NonNullable<GrantClaims['offline']> | null = null;
  #exp = 0;
  #opened: EnvelopeOpened | null = null;
  /** When nothing could be opened with it any more, by a withdrawal or its own end. */
  #ended: number | null = null;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The last moment in which a statement may be permitted, ms; null where no envelope is involved. */
  get deadline(): number | null {
    if (this.#offline === null) return null;
    if (this.#opened === null) return 0;
    return Math.min(Date.parse(this.#opened.t) + this.#offline.minutes * 60_000, this.#exp);
  }

  record(record: CollectorRecord): void {
    if (record.typ === 'envelope.asked') this.#asked = record;
    else if (record.typ === 'envelope.confirmed') this.#confirmed.add(record.by.sub);
    else if (record.typ === 'envelope.ended' && record.why !== 'rotated') this.#ended ??= Date.parse(record.t);
  }

  grant(claims: GrantClaims, index: number): void {
    if (this.#granted) return;
    this.#granted = true;
    const where = `The grant in entry ${index}`;
    const check = (holds: boolean, words: string) => this.#findings.check('identity', holds, () => `${where} ${words}`);
    const asked = this.#asked;
    check(
      (claims.offline !== undefined) === (asked !== null),
      'and the records before it differ on whether it is in an envelope.',
    );
    if (claims.offline === undefined || asked === null) return;
    this.#offline = claims.offline;
    this.#exp = claims.exp * 1000;
    const others = [...this.#confirmed].filter((sub) => sub !== claims.sub);
    check(others.length >= CONFIRMATIONS, `was sealed with ${others.length} confirmations of others; two are needed.`);
    const unheard = claims.approvals.find(({ sub }) => !this.#confirmed.has(sub));
    check(unheard === undefined, `names a confirmation by ${unheard?.sub ?? ''} that is on no record.`);
    check(
      asked.holder.sub === claims.sub && asked.dev === claims.cnf.jkt,
      'is for another person or device than was asked for.',
    );
    check(
      asked.scope === claims.scope.id && asked.severity === claims.severity && asked.target === claims.target.id,
      'is for something else than was asked for.',
    );
    check(claims.scope.mode === 'read', 'can write; an envelope only reads.');
    check(
      claims.offline.minutes <= asked.minutes && claims.exp - claims.iat <= asked.days * 86_400,
      'lasts longer than was asked for.',
    );
  }

  opening(record: EnvelopeOpened, where: string, claims: GrantClaims | null, grantHash: boolean): void {
    const check = (holds: boolean, words: string) => this.#findings.check('identity', holds, () => `${where} ${words}`);
    check(claims?.offline !== undefined, 'opens an envelope that was never sealed.');
    check(claims?.cnf.jkt === record.dev, 'is of a device that the envelope is not for.');
    check(grantHash, 'names another grant document.');
    this.#findings.check(
      'chain',
      this.#opened === null,
      () => `${where} is a second opening of this envelope: a disk was copied or set back.`,
    );
    const t = Date.parse(record.t);
    this.#findings.check(
      'time',
      t <= this.#exp + TOLERANCE_MS && (this.#ended === null || t <= this.#ended + TOLERANCE_MS),
      () => `${where} claims ${record.t}, when the envelope had ended.`,
    );
    this.#opened ??= record;
  }

  session(open: SessionOpen, where: string): void {
    if (this.#offline === null) return;
    this.#findings.check(
      'chain',
      this.#opened !== null,
      () => `${where} stands before the record that its envelope was opened.`,
    );
    const before = this.#opened !== null && Date.parse(open.t) < Date.parse(this.#opened.t) - TOLERANCE_MS;
    this.#findings.check('time', !before, () => `${where} claims to be from before its envelope was opened.`);
  }
}
