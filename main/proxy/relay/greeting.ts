/** The first words of a client: encryption requests, a cancel request, or a startup message. Manual, "Start-up". */
import type { Duplex } from 'node:stream';
import { Fault } from '../../../shared/errors.ts';
import { WireError } from '../wire/frames.ts';
import {
  back,
  CANCEL_REQUEST,
  cstring,
  GSS_REQUEST,
  int32,
  type Minor,
  message,
  PROTOCOL_3,
  readStartup,
  SSL_REQUEST,
} from '../wire/messages.ts';
import { readNext } from '../wire/read.ts';

/** A client that has said what it wants and speaks a version that we speak. */
export interface Startup {
  readonly parameters: ReadonlyMap<string, string>;
  readonly minor: Minor;
  /** NegotiateProtocolVersion, due before anything else is said; null where the client gets what it asked for. */
  readonly negotiation: Buffer | null;
}
export type Greeting =
  | ({ readonly kind: 'startup' } & Startup)
  | { readonly kind: 'cancel'; readonly pid: number; readonly key: Buffer };

/** These bytes are no PostgreSQL client's: no answer of ours would be understood. */
export class NotPostgres extends WireError {}

/** PostgreSQL's own limit. */
const MAX_STARTUP = 10_000;
/** The first byte of a TLS handshake, where a client does not ask for encryption first (`sslnegotiation=direct`). */
const TLS_HANDSHAKE = 0x16;
/** Length of a cancel key. Manual, "CancelRequest". */
const MIN_KEY = 4;
const MAX_KEY = 256;

/**
 * Resolves with the greeting, the stream paused behind it. Rejects with a WireError, PeerLeft among them, or with a Fault
 * that the client can be told.
 */
export async function readGreeting(client: Duplex): Promise<Greeting> {
  const asked = new Set<number>();
  for (;;) {
    const { code, body } = await readNext(client, takeGreeting);
    if (code !== SSL_REQUEST && code !== GSS_REQUEST) return interpret(code, body);
    if (asked.has(code)) throw new NotPostgres('the client asked for encryption twice');
    asked.add(code);
    // On loopback and in memory there is nothing to encrypt against.
    client.write('N');
  }
}

function takeGreeting(held: Buffer): { value: { code: number; body: Buffer }; used: number } | null {
  if (held[0] === TLS_HANDSHAKE)
    throw new NotPostgres('the client began with TLS, which this port does not speak; set sslmode=disable');
  if (held.length < 8) return null;
  const length = held.readUInt32BE(0);
  if (length < 8 || length > MAX_STARTUP) throw new NotPostgres('this is not a PostgreSQL client');
  if (held.length < length) return null;
  return { value: { code: held.readUInt32BE(4), body: held.subarray(8, length) }, used: length };
}

function interpret(code: number, body: Buffer): Greeting {
  if (code === CANCEL_REQUEST) {
    const length = body.length - 4;
    if (length < MIN_KEY || length > MAX_KEY) throw new NotPostgres('cancel request without a key');
    return { kind: 'cancel', pid: body.readInt32BE(0), key: Buffer.from(body.subarray(4)) };
  }
  if (code >>> 16 !== PROTOCOL_3 >>> 16)
    throw new Fault(
      '0A000',
      `unsupported frontend protocol ${code >>> 16}.${code & 0xffff}: 3.0 and 3.2 are spoken here`,
      'Use a newer client.',
    );
  const parameters = readStartup(body);
  const wanted = code & 0xffff;
  const minor: Minor = wanted >= 2 ? 2 : 0;
  const unknown = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  const changed = wanted !== minor || unknown.length > 0;
  return { kind: 'startup', parameters, minor, negotiation: changed ? negotiate(minor, unknown) : null };
}

/** The whole version number, as PostgreSQL sends it and libpq checks it; the options that we do not know. */
const negotiate = (minor: Minor, unknown: readonly string[]): Buffer =>
  message(back.negotiateVersion, int32(PROTOCOL_3 + minor), int32(unknown.length), ...unknown.map(cstring));
