/** Fetching, opening and reporting: see `index.ts`. */
import * as crypto from 'node:crypto';
import { x25519 } from '@noble/curves/ed25519.js';
import type { Activation } from '../../shared/api.ts';
import { type DeliveredEnvelope, envelopeContent, type OpeningHeard } from '../../shared/api-envelope.ts';
import { sealEnvelope } from '../../shared/audit/envelope.ts';
import type { EnvelopeOpened, PublicJwk } from '../../shared/audit/records.ts';
import { fromUtf8, toBase64url } from '../../shared/encoding.ts';
import { CODE, challengeOf, read, readWords, SLOTS } from '../../shared/envelope.ts';
import { sealCrypto } from '../../shared/envelope-crypto.ts';
import { sealKeyStatement, unseal } from '../../shared/envelope-seal.ts';
import { Fault } from '../../shared/errors.ts';
import type { EndReason, GrantClaims } from '../../shared/grants.ts';
import type { EnvelopeOpening, HeldEnvelope } from '../../shared/ipc-envelope.ts';
import type { Clock } from '../clock.ts';
import type { DeviceKey } from '../identity/index.ts';
import { EnvelopeFiles, type Held, type Used } from './held.ts';

/** The collector while it is there. */
export interface EnvelopeSource {
  readonly discovery: { readonly api: string; readonly grant_key: PublicJwk };
  tellEnvelopeKey(x: string, sig: string): Promise<void>;
  envelopes(): Promise<{ envelopes: DeliveredEnvelope[]; now: string }>;
}

export interface EnvelopesOptions {
  /** Made when it is needed. */
  readonly dir: string;
  readonly key: DeviceKey;
  readonly clock: Clock;
  /** Newest checkpoint that this device has verified. */
  readonly ack: () => { readonly size: number; readonly root: string };
  readonly verifyGrant: (
    jws: string,
    expected: { grantKey: PublicJwk; requestId: string; jkt: string },
  ) => Promise<GrantClaims>;
  /** Throws a Fault while the collector is away. */
  readonly report: (api: string, record: string, live: boolean) => Promise<OpeningHeard>;
  /** The grant that was opened here has ended there. */
  readonly onEnded: (id: string, why: EndReason) => void;
  /** How often what was not heard is told again, ms. */
  readonly everyMs?: number;
}

/** An opened envelope: everything that a live grant is made of. */
export interface Opened {
  /** With the deadline, the ticket and the reason of the opening. */
  readonly claims: GrantClaims;
  readonly grant: string;
  readonly connection: Activation['connection'];
  /** SHA-256 of the ID token that stands for the person. */
  readonly idt: string;
  /** Both clocks when the record was made; access lasts so many ms from then. */
  readonly at: { readonly mono: number; readonly wall: number };
  readonly totalMs: number;
}

const MINUTE = 60_000;
const EVERY_MS = 5000;
/** As much as clocks may differ (docs/record-format.md, 10). */
const TOLERANCE_MS = 120_000;
const sealing = sealCrypto(crypto, x25519);
const sha256 = (text: string): string => crypto.createHash('sha256').update(text).digest('base64url');

export class Envelopes {
  readonly #options: EnvelopesOptions;
  readonly #files: EnvelopeFiles;
  readonly #secret: Uint8Array;
  /** The challenge that was shown last, per envelope. */
  readonly #shown = new Map<string, number>();
  /** The collector knows this device's key. */
  #told = false;
  #live: string | null = null;
  /** Known from the disk at first, so that uploads do not have to look there for every batch. */
  #allHeard = false;
  /** Counts the openings: what began to look before one does not know of it. */
  #openings = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #telling: Promise<void> = Promise.resolve();
  #reporting: Promise<void> | null = null;

  constructor(options: EnvelopesOptions) {
    this.#options = options;
    this.#files = new EnvelopeFiles(options.dir, options.key.derive('envelope-files'));
    this.#secret = options.key.derive('envelope-x25519');
    this.#tellSoon(0);
  }

  /** What can be opened first, then the others; the newest end first. */
  async list(): Promise<HeldEnvelope[]> {
    const found: HeldEnvelope[] = [];
    const opened = await this.#files.ids('.opened');
    for (const id of await this.#files.ids('.sealed')) {
      const one = opened.includes(id) ? null : await this.#files.held(id);
      if (one !== null) found.push(viewOf(one.claims, await this.#stateOf(id, one), null));
    }
    for await (const [id, one] of this.#files.allUsed()) {
      const at = new Date(one.at).toISOString();
      found.push(viewOf(one.claims, 'used', { at, heard: await this.#files.heard(id) }));
    }
    const first = ({ state }: HeldEnvelope): number => (state === 'sealed' ? 0 : 1);
    return found.sort((a, b) => first(a) - first(b) || b.until.localeCompare(a.until));
  }

  /** Tells this device's key, and takes over what the collector has for it; what it has no more is forgotten here. */
  async fetch(collector: EnvelopeSource): Promise<void> {
    const { key, verifyGrant } = this.#options;
    const x = toBase64url(sealing.x25519.publicOf(this.#secret));
    if (!this.#told) await collector.tellEnvelopeKey(x, toBase64url(key.sign(sealKeyStatement(key.thumbprint, x))));
    this.#told = true;
    const { envelopes, now } = await collector.envelopes();
    const { api, grant_key: grantKey } = collector.discovery;
    const opened = await this.#files.ids('.opened');
    for (const delivered of envelopes) {
      const { id, grant } = delivered;
      if (opened.includes(id)) continue;
      if ((await this.#files.held(id)) !== null) continue;
      // A device key belongs to one person for good, and the grant names the key.
      const claims = await verifyGrant(grant, { grantKey, requestId: id, jkt: key.thumbprint });
      await this.#files.keep({ v: 1, delivered, claims, grantKey, api, fetchedAt: Date.parse(now) });
    }
    const good = new Set(envelopes.map(({ id }) => id));
    for (const id of await this.#files.ids('.sealed')) if (!good.has(id)) await this.#files.forget(id);
  }

  /** Throws a Fault that says why this one cannot be opened. */
  async challenge(id: string): Promise<string> {
    const one = await this.#usable(id);
    const tries = await this.#files.tries(id);
    const left = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !tries.includes(slot));
    const slot = left[crypto.randomInt(left.length)];
    if (slot === undefined) throw whyNot('spent', one);
    await this.#files.keepTries(id, [...tries, slot]);
    this.#shown.set(id, slot);
    return challengeOf(one.delivered.sealed.tag, slot);
  }

  /** Once and for all. What it throws before the record is on the disk leaves the envelope as it was. */
  async open({ id, code, ticket, reason }: EnvelopeOpening): Promise<Opened> {
    const { key, clock, ack, verifyGrant } = this.#options;
    const one = await this.#usable(id);
    const slot = this.#shown.get(id);
    if (slot === undefined)
      throw new Fault('no_challenge', 'There is no challenge for this envelope.', 'Read one out first.');
    const typed = read(code, CODE);
    if (typed.kind !== 'good')
      throw new Fault('code_mistyped', readWords(typed, 'code'), 'Compare it with the approver. Nothing was opened.');
    const { grant, sealed, idt } = one.delivered;
    const { grantKey, api } = one;
    const { offline, ...claims } = await verifyGrant(grant, { grantKey, requestId: id, jkt: key.thumbprint });
    if (offline === undefined || sealed.id !== id || sealed.grant !== sha256(grant))
      throw new Fault(
        'envelope_damaged',
        'This envelope does not fit its grant. Nothing was opened.',
        'Tell security.',
      );
    const content = await unseal(sealed, { secret: this.#secret, slot, code: typed.symbols }, sealing);
    const connection = envelopeContent.parse(JSON.parse(fromUtf8(content)));

    const at = { mono: clock.mono(), wall: clock.wall() };
    const record: EnvelopeOpened = {
      v: 1,
      typ: 'envelope.opened',
      dev: key.thumbprint,
      pub: key.publicJwk,
      gid: id,
      oid: toBase64url(sealing.random(16)),
      t: new Date(at.wall).toISOString(),
      grant: sha256(grant),
      idt,
      slot,
      ticket,
      reason,
      ack: { ...ack() },
    };
    const line = sealEnvelope(record, key.thumbprint, (data) => key.sign(data));
    await this.#files.markUsed(id, { v: 1, record: line, at: Math.round(at.wall), claims: one.claims, api });
    // From here on it is used, whatever else happens.
    this.#allHeard = false;
    this.#openings++;
    await this.#files.forget(id).catch(() => {});
    this.#shown.delete(id);
    this.#live = id;
    this.#tellSoon(0);
    const totalMs = Math.min(offline.minutes * MINUTE, claims.exp * 1000 - at.wall);
    const exp = Math.floor((at.wall + totalMs) / 1000);
    return { claims: { ...claims, offline, exp, ticket, reason }, grant, connection, idt, at, totalMs };
  }

  /** The work under it is over: the role may go. Throws a Fault while the collector is away; it is told again by itself. */
  async end(id: string): Promise<OpeningHeard> {
    if (this.#live === id) this.#live = null;
    const one = await this.#files.used(id);
    if (one === null) throw new Fault('not_found', 'This envelope was not opened here.');
    return this.#tell(id, one);
  }

  /** Reports every opening that the collector has not heard of; throws a Fault while it is away. Before any upload. (I5) */
  reportAll(): Promise<void> {
    if (this.#allHeard) return Promise.resolve();
    this.#reporting ??= this.#reportAll().finally(() => {
      this.#reporting = null;
    });
    return this.#reporting;
  }

  async #reportAll(): Promise<void> {
    const openings = this.#openings;
    const heard = await this.#files.ids('.heard');
    for await (const [id, one] of this.#files.allUsed()) if (!heard.includes(id)) await this.#tell(id, one);
    if (openings === this.#openings) this.#allHeard = true;
  }

  /** No round begins after this. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #tell(id: string, { record, api }: Used): Promise<OpeningHeard> {
    const live = this.#live === id;
    const answer = await this.#options.report(api, record, live);
    await this.#files.markHeard(id);
    if (live && answer.state === 'ended') this.#options.onEnded(id, answer.end_reason ?? 'revoked');
    return answer;
  }

  /** Until everything was heard, and while one is live: so that its end over there is noticed here. */
  #tellSoon(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#stopped) return;
    const round = async (): Promise<void> => {
      const again = await this.#round().catch(() => true);
      if (again) this.#tellSoon(this.#options.everyMs ?? EVERY_MS);
    };
    this.#timer = setTimeout(() => {
      // Behind the one that runs, which may have begun before what it is about.
      this.#telling = this.#telling.then(round);
    }, ms);
    this.#timer.unref();
  }

  /** Whether there is more to tell later. Rejects while the collector is away. */
  async #round(): Promise<boolean> {
    await this.reportAll();
    const live = this.#live;
    if (live === null) return false;
    const one = await this.#files.used(live);
    if (one !== null) await this.#tell(live, one);
    return true;
  }

  async #usable(id: string): Promise<Held> {
    if ((await this.#files.used(id)) !== null) throw whyNot('used', null);
    const one = await this.#files.held(id);
    if (one === null)
      throw new Fault(
        'no_envelope',
        'This device does not hold this envelope, or cannot read it.',
        'Ask for another one.',
      );
    const state = await this.#stateOf(id, one);
    // The last challenge may still be answered.
    if (state !== 'sealed' && !(state === 'spent' && this.#shown.has(id))) throw whyNot(state, one);
    return one;
  }

  async #stateOf(id: string, { claims, fetchedAt }: Held): Promise<HeldEnvelope['state']> {
    const now = this.#options.clock.wall();
    if (now >= claims.exp * 1000) return 'late';
    if (now < fetchedAt - TOLERANCE_MS) return 'clock';
    return (await this.#files.tries(id)).length >= SLOTS ? 'spent' : 'sealed';
  }
}

function viewOf(claims: GrantClaims, state: HeldEnvelope['state'], used: HeldEnvelope['used']): HeldEnvelope {
  const { jti: id, name: person, target, scope, severity, offline, exp } = claims;
  return {
    id,
    state,
    person,
    target,
    scope: { label: scope.label, mode: scope.mode },
    severity,
    minutes: offline?.minutes ?? 0,
    until: new Date(exp * 1000).toISOString(),
    used,
  };
}

function whyNot(state: HeldEnvelope['state'], one: Held | null): Fault {
  switch (state) {
    case 'late': {
      const until = new Date((one?.claims.exp ?? 0) * 1000).toISOString().slice(0, 16).replace('T', ' ');
      return new Fault('envelope_expired', `This envelope could be opened until ${until} UTC.`, 'Ask for another one.');
    }
    case 'clock':
      return new Fault(
        'clock_behind',
        'The clock of this machine is behind the day on which it fetched this envelope. Nothing was opened.',
        'Set the clock, then try again.',
      );
    case 'spent':
      return new Fault(
        'envelope_spent',
        `All ${SLOTS} challenges of this envelope were shown.`,
        'Ask for another one.',
      );
    case 'used':
    case 'sealed':
      return new Fault('envelope_used', 'This envelope was opened before.', 'It opens once. Ask for another one.');
  }
}
