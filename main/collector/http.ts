/** One HTTP exchange with the collector: DPoP headers, time limit, problem details (RFC 9457) turned into Faults. */
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, type JWK, SignJWT } from 'jose';
import type { z } from 'zod';
import { problem } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';

export interface Authorization {
  /** Null for the token request itself, which carries a proof but no token. */
  readonly token: string | null;
  readonly proof: string;
}

/**
 * RFC 9449 proof for one request; `htu` is the address without query and fragment. `now` is the collector's time in ms:
 * the engineer's own clock may be wrong, or be moved during a grant.
 */
export async function proofOf(
  pair: CryptoKeyPair,
  method: string,
  url: URL,
  token: string | null,
  now: number,
): Promise<string> {
  // Cast: Ed25519 keys have exactly these members; the proof must carry no others.
  const { kty, crv, x } = (await exportJWK(pair.publicKey)) as Required<Pick<JWK, 'kty' | 'crv' | 'x'>>;
  const ath = token === null ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
  return new SignJWT({ htm: method, htu: `${url.origin}${url.pathname}`, ...ath })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'EdDSA', jwk: { kty, crv, x } })
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(now / 1000))
    .sign(pair.privateKey);
}

export interface Exchange<V> {
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly type?: string;
  /** Null where the answer has no body. */
  readonly answer: z.ZodType<V> | null;
  readonly authorization?: Authorization;
  /** Milliseconds; 10 s unless told. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Told the server's clock (ms since the epoch, whole seconds) with every answer. */
  readonly onDate?: (ms: number) => void;
}

/**
 * An answer of any length, part by part, to `take`. Throws like {@link request}; what was taken by then is to be thrown away.
 * The time limit counts from one part to the next.
 */
export async function download(
  url: URL,
  exchange: { readonly authorization: Authorization; readonly onDate?: (ms: number) => void },
  take: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  const stalled = new AbortController();
  const patience = setTimeout(() => stalled.abort(), STALLED_MS);
  const headers = { dpop: exchange.authorization.proof, authorization: `DPoP ${exchange.authorization.token}` };
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: stalled.signal }).catch(unreachable(url));
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) exchange.onDate?.(date);
    if (response.status >= 400) throw refusalOf(response.status, await readBounded(response), url);
    const parts = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
    for (;;) {
      const { done, value } = await parts.read().catch(unreachable(url));
      if (done) return;
      patience.refresh();
      await take(value);
    }
  } finally {
    clearTimeout(patience);
    stalled.abort();
  }
}
const STALLED_MS = 30_000;

/** Longest answer that is read, bytes. */
const MAX_ANSWER = 8 * 1024 * 1024;

/** A refusal of the collector, with what the uploader needs to resume (`next_seq`, `head`), and what a sign-in has to be like. */
export class Refusal extends Fault {
  readonly status: number;
  readonly nextSeq: number | null;
  readonly head: string | null;
  /** Of `step_up_required` (RFC 9470): seconds, and the class that is asked for. */
  readonly maxAge: number | null;
  readonly acr: string | null;
  constructor(found: z.infer<typeof problem>) {
    super(found.code, found.detail ?? found.title, found.hint ?? null);
    this.status = found.status;
    this.nextSeq = found.next_seq ?? null;
    this.head = found.head ?? null;
    this.maxAge = found.max_age ?? null;
    this.acr = found.acr_values ?? null;
  }
}

/** Throws {@link Refusal}, or a Fault `collector_unreachable` / `not_a_collector`. */
export async function request<V>(url: URL, exchange: Exchange<V>): Promise<V> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (exchange.body !== undefined) headers['content-type'] = exchange.type ?? 'application/json';
  if (exchange.authorization) {
    headers.dpop = exchange.authorization.proof;
    if (exchange.authorization.token !== null) headers.authorization = `DPoP ${exchange.authorization.token}`;
  }
  const limit = AbortSignal.timeout(exchange.timeout ?? 10_000);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: exchange.method ?? 'GET',
      headers,
      redirect: 'error',
      signal: exchange.signal ? AbortSignal.any([limit, exchange.signal]) : limit,
      ...(exchange.body === undefined ? {} : { body: exchange.body }),
    });
    status = response.status;
    const date = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(date)) exchange.onDate?.(date);
    text = await readBounded(response);
  } catch (cause) {
    if (exchange.signal?.aborted) throw cause;
    return unreachable(url)(cause);
  }
  if (status >= 400) throw refusalOf(status, text, url);
  // Cast: without a schema the caller has asked for no value.
  if (exchange.answer === null) return undefined as V;
  const parsed = exchange.answer.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new Fault(
    'not_a_collector',
    `${url.host} answered, but not as a collector this app understands.`,
    'Check the address, or update Vitrine.',
    {
      cause: parsed.error,
    },
  );
}

const unreachable =
  (url: URL) =>
  (cause: unknown): never => {
    throw new Fault(
      'collector_unreachable',
      `The collector at ${url.host} cannot be reached.`,
      'Everything recorded stays on this device and is sent when it answers again.',
      { cause },
    );
  };

function refusalOf(status: number, text: string, url: URL): Fault {
  const parsed = problem.safeParse(json(text));
  if (parsed.success) return new Refusal(parsed.data);
  return new Refusal({
    type: 'about:blank',
    title: `The collector at ${url.host} answered with status ${status}.`,
    status,
    code: `http_${status}`,
    hint: 'Nothing is lost; try again in a moment.',
  });
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER) throw new Error('the answer is longer than 8 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
