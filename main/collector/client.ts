/** The collector's API as functions; see `shared/api.ts` for every shape. */
import { arch, hostname, type as osType } from 'node:os';
import type { z } from 'zod';
import {
  type AccessRequest,
  type Activation,
  activation,
  type approve,
  type Discovery,
  discovery,
  endResponse,
  type Options,
  options,
  type Person,
  type Receipt,
  type RequestList,
  type RequestView,
  receipt,
  requestList,
  requestView,
  sessionHead,
  tokenResponse,
} from '../../shared/api.ts';
import { type ChangeAsk, type ChangeOptions, changeOptions } from '../../shared/api-change.ts';
import {
  type DeliveredEnvelope,
  deliveredEnvelopes,
  type OpeningHeard,
  openingHeard,
} from '../../shared/api-envelope.ts';
import { Fault } from '../../shared/errors.ts';
import type { DeviceKey, Login } from '../identity/index.ts';
import { assertSecureOrigin } from '../identity/origin.ts';
import { type Authorization, download, proofOf, request } from './http.ts';

export interface CollectorIdentity {
  readonly key: Pick<DeviceKey, 'pair' | 'thumbprint'>;
  /** The current login; refreshed when it is about to end. */
  readonly login: () => Promise<Login>;
  /** `vitrine 0.1.0`, shown in the device list. */
  readonly app: string;
}

/** A sealed full text on its way beside its entry. */
export interface Disclosure {
  readonly i: string;
  readonly sql: string;
  readonly par: string | null;
}

/** A request as it was last heard of. */
export type Seen = Pick<RequestView, 'id' | 'state' | 'version'>;

export interface Collector {
  readonly discovery: Discovery;
  /** Enrols the device if it is new and answers who the person is. */
  authenticate(identity: CollectorIdentity): Promise<Person>;
  forget(): void;
  options(): Promise<Options>;
  submit(wanted: AccessRequest): Promise<RequestView>;
  /** Waits up to 25 s for the request to become another one than was seen; answers its current view either way. */
  awaitChange(seen: Seen, signal: AbortSignal): Promise<RequestView>;
  withdraw(id: string): Promise<RequestView>;
  /** What may be changed about the live grant. */
  changeOptions(id: string): Promise<ChangeOptions>;
  /** Answers when it was made, or waits for an approval. */
  askChange(id: string, wanted: ChangeAsk): Promise<RequestView>;
  /** Withdraws what waits, or gives an elevation back; answers when its privileges are gone. */
  endChange(id: string, change: string, how: 'withdraw' | 'end'): Promise<RequestView>;
  /** One's own requests and, for an approver, those that wait; waits up to 25 s for another list than `seen`. */
  requests(seen: string | null, signal: AbortSignal): Promise<RequestList>;
  approve(id: string, given: z.infer<typeof approve>): Promise<RequestView>;
  deny(id: string, note: string): Promise<RequestView>;
  activate(id: string): Promise<Activation>;
  end(id: string): Promise<{ request: RequestView; gone_ms: number }>;
  entries(sid: string, lines: readonly string[], fromSize: number): Promise<Receipt>;
  head(sid: string): Promise<{ next_seq: number; head: string | null }>;
  disclosures(sid: string, items: readonly Disclosure[]): Promise<void>;
  /** The key that envelopes for this device are sealed to, signed by the device key; base64url. */
  tellEnvelopeKey(x: string, sig: string): Promise<void>;
  /** The envelopes that this device may open. */
  envelopes(): Promise<{ envelopes: DeliveredEnvelope[]; now: string }>;
  /** The evidence of one's own grant, part by part; thrown away by the caller where this rejects. */
  bundle(grant: string, take: (part: Uint8Array) => Promise<void>): Promise<void>;
}

/** Throws a Fault `collector_unreachable`, `insecure_origin` or `not_a_collector`. */
export async function openCollector(origin: string): Promise<Collector> {
  const base = new URL(origin);
  assertSecureOrigin(base, 'collector');
  const found = await request(new URL('/.well-known/vitrine', base), { answer: discovery });
  const time = new CollectorTime(Date.parse(found.now));
  assertSecureOrigin(new URL(found.api), 'collector');
  return new CollectorClient(found, time);
}

/** Tells of an opening, without a sign-in: the record proves itself. Throws a Fault. */
export function reportOpening(api: string, record: string, live: boolean): Promise<OpeningHeard> {
  const url = new URL(`${api}/envelopes/opened`);
  assertSecureOrigin(url, 'collector');
  return request(url, {
    method: 'POST',
    body: JSON.stringify({ record, live }),
    answer: openingHeard,
    timeout: 15_000,
  });
}

class CollectorClient implements Collector {
  readonly discovery: Discovery;
  readonly #time: CollectorTime;
  #identity: CollectorIdentity | null = null;
  #token: { value: string; goodUntil: number } | null = null;
  #renewing: Promise<Person> | null = null;

  constructor(found: Discovery, time: CollectorTime) {
    this.discovery = found;
    this.#time = time;
  }

  async authenticate(identity: CollectorIdentity): Promise<Person> {
    this.#identity = identity;
    // One that is under way still trades the sign-in before this one.
    await this.#renewing?.catch(() => undefined);
    return this.#renew();
  }

  forget(): void {
    this.#identity = null;
    this.#token = null;
  }

  options = () => this.#call('GET', '/options', options);
  submit = (wanted: AccessRequest) => this.#call('POST', '/requests', requestView, { body: JSON.stringify(wanted) });
  withdraw = (id: string) => this.#call('POST', `/requests/${id}/withdraw`, requestView);
  approve = (id: string, given: z.infer<typeof approve>) =>
    this.#call('POST', `/requests/${id}/approve`, requestView, { body: JSON.stringify(given) });
  deny = (id: string, note: string) =>
    this.#call('POST', `/requests/${id}/deny`, requestView, { body: JSON.stringify({ note }) });
  requests = (seen: string | null, signal: AbortSignal) =>
    this.#call('GET', `/requests${seen === null ? '' : `?wait=25&seen=${seen}`}`, requestList, {
      timeout: 40_000,
      signal,
    });
  activate = (id: string) => this.#call('POST', `/requests/${id}/activate`, activation, { timeout: 30_000 });
  end = (id: string) => this.#call('POST', `/requests/${id}/end`, endResponse, { timeout: 30_000 });
  head = (sid: string) => this.#call('GET', `/sessions/${sid}`, sessionHead);

  changeOptions = (id: string) => this.#call('GET', `/requests/${id}/changes`, changeOptions);
  askChange = (id: string, wanted: ChangeAsk) =>
    this.#call('POST', `/requests/${id}/changes`, requestView, { body: JSON.stringify(wanted), timeout: 30_000 });
  endChange = (id: string, change: string, how: 'withdraw' | 'end') =>
    this.#call('POST', `/requests/${id}/changes/${change}/${how}`, requestView, { timeout: 30_000 });

  awaitChange = ({ id, state, version }: Seen, signal: AbortSignal) => {
    const since = version === undefined ? '' : `&since=${version}`;
    return this.#call('GET', `/requests/${id}?wait=25&not=${state}${since}`, requestView, { timeout: 40_000, signal });
  };

  entries = (sid: string, lines: readonly string[], fromSize: number) =>
    this.#call('POST', `/sessions/${sid}/entries?from_size=${fromSize}`, receipt, {
      body: ndjson(lines),
      type: NDJSON,
      timeout: 30_000,
    });

  async disclosures(sid: string, items: readonly Disclosure[]): Promise<void> {
    const body = ndjson(items.map((item) => JSON.stringify(item)));
    await this.#call('POST', `/sessions/${sid}/disclosures`, null, { body, type: NDJSON, timeout: 30_000 });
  }

  async tellEnvelopeKey(x: string, sig: string): Promise<void> {
    await this.#call('POST', '/envelopes/key', null, { body: JSON.stringify({ x, sig }) });
  }
  envelopes = () => this.#call('GET', '/envelopes/mine', deliveredEnvelopes);

  bundle = (grant: string, take: (part: Uint8Array) => Promise<void>): Promise<void> => {
    const url = new URL(`${this.discovery.api}/requests/${grant}/bundle`);
    return this.#again(async () =>
      download(url, { authorization: await this.#authorization('GET', url), onDate: this.#time.learn }, take),
    );
  };

  async #call<V>(
    method: 'GET' | 'POST',
    path: string,
    answer: z.ZodType<V> | null,
    extra: CallOptions = {},
  ): Promise<V> {
    const url = new URL(this.discovery.api + path);
    return this.#again(async () =>
      request(url, {
        method,
        answer,
        ...extra,
        onDate: this.#time.learn,
        authorization: await this.#authorization(method, url),
      }),
    );
  }

  async #again<V>(send: () => Promise<V>): Promise<V> {
    try {
      return await send();
    } catch (error) {
      // Once more, with what the answer taught: a token can be cut short (collector restarted with new keys, device
      // re-enrolled), and a machine that slept learns the collector's time from the refusal.
      if (!(error instanceof Fault)) throw error;
      if (TOKEN_IS_OVER.has(error.code)) this.#token = null;
      else if (error.code !== 'dpop_clock') throw error;
      return send();
    }
  }

  async #authorization(method: string, url: URL): Promise<Authorization> {
    if (this.#token === null || this.#token.goodUntil < performance.now()) await this.#renew();
    if (this.#token === null || this.#identity === null)
      throw new Fault('login_expired', 'Your sign-in has ended.', 'Sign in again.');
    return {
      token: this.#token.value,
      proof: await proofOf(this.#identity.key.pair, method, url, this.#token.value, this.#time.now()),
    };
  }

  #renew(): Promise<Person> {
    this.#renewing ??= this.#exchange().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Trades the ID token plus a DPoP proof for a collector token bound to the device key (RFC 9449). */
  async #exchange(): Promise<Person> {
    const identity = this.#identity;
    if (identity === null) throw new Fault('login_expired', 'Your sign-in has ended.', 'Sign in again.');
    const login = await identity.login();
    const url = new URL(`${this.discovery.api}/tokens`);
    const asked = performance.now();
    const granted = await request(url, {
      method: 'POST',
      body: JSON.stringify({
        id_token: login.idToken,
        salt: login.salt,
        device: { name: hostname().slice(0, 120), os: `${osType()} ${arch()}`.slice(0, 60), app: identity.app },
      }),
      answer: tokenResponse,
      onDate: this.#time.learn,
      authorization: { token: null, proof: await proofOf(identity.key.pair, 'POST', url, null, this.#time.now()) },
    });
    this.#token = { value: granted.access_token, goodUntil: asked + granted.expires_in * 1000 - 30_000 };
    return granted.person;
  }
}

/** The collector's clock as this machine knows it: carried by the monotonic clock, corrected by every answer. */
class CollectorTime {
  #offset: number;
  constructor(now: number) {
    this.#offset = now - performance.now();
  }
  now(): number {
    return performance.now() + this.#offset;
  }
  readonly learn = (date: number): void => {
    // The header has whole seconds; smaller differences say nothing.
    if (Math.abs(date - this.now()) > 2000) this.#offset = date - performance.now();
  };
}

/** Refusals of a token that another one, traded for the same sign-in, may not meet. */
const TOKEN_IS_OVER: ReadonlySet<string> = new Set(['token_expired', 'token_invalid', 'token_foreign']);

interface CallOptions {
  readonly body?: string;
  readonly type?: string;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}
const NDJSON = 'application/x-ndjson';
const ndjson = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
