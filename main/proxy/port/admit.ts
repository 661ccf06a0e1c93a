/**
 * The door of the local port: what a client has to say and prove before the relay hears of it. Nothing of this reaches
 * the target, and every message is bounded. PostgreSQL manual, "Start-up" and "SASL Authentication". (I1, I6)
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Fault } from '../../../shared/errors.ts';
import { type Greeting, readGreeting } from '../relay/greeting.ts';
import { printable } from '../relay/startup.ts';
import { HEADER, WireError } from '../wire/frames.ts';
import { BodyReader, back, cstring, front, int32, message } from '../wire/messages.ts';
import { readNext } from '../wire/read.ts';
import { challenge, MECHANISM, type Verifier } from './scram.ts';

export interface Door {
  readonly user: string;
  readonly database: string;
  readonly verifier: Verifier;
}

/** PostgreSQL's own limit for SASL messages. */
const MAX_SASL = 1024;
const sasl = { start: 10, continue: 11, final: 12 } as const;

/**
 * Resolves with a client that has proven that it knows the password, paused where AuthenticationOk is due, or with a
 * cancel request, which proves itself by its key. Rejects with a WireError or with a Fault in words for the client.
 */
export async function admit(client: Duplex, door: Door): Promise<Greeting> {
  const greeting = await readGreeting(client);
  if (greeting.kind === 'cancel') return greeting;
  if (greeting.negotiation !== null) client.write(greeting.negotiation);
  const user = greeting.parameters.get('user') ?? '';
  // A name that is not there goes through the same exchange, so that names cannot be tried out without the password.
  const final = await exchange(client, door.verifier);
  const known = sameText(user, door.user);
  if (final === null || !known)
    throw new Fault(
      '28P01',
      `password authentication failed for user "${printable(user)}"`,
      'Copy the connection again in Vitrine: the password is new each time that the port is opened.',
    );
  const database = greeting.parameters.get('database') ?? user;
  if (database !== door.database)
    throw new Fault(
      '3D000',
      `database "${printable(database)}" is not offered here`,
      `This grant is for the database "${printable(door.database)}": connect to that one.`,
    );
  client.write(message(back.authentication, int32(sasl.final), Buffer.from(final)));
  return greeting;
}

/** The server-final-message to send, or null where the password was wrong. */
async function exchange(client: Duplex, verifier: Verifier): Promise<string | null> {
  client.write(message(back.authentication, int32(sasl.start), cstring(MECHANISM), Buffer.alloc(1)));
  const reader = new BodyReader(await readNext(client, takeSasl));
  if (reader.text() !== MECHANISM) throw new WireError(`only ${MECHANISM} was offered`);
  const initial = reader.take(reader.int32()).toString();
  if (reader.left > 0) throw new WireError('bytes after the end of a SASL message');
  const step = challenge(initial, verifier, randomBytes(18).toString('base64'));
  client.write(message(back.authentication, int32(sasl.continue), Buffer.from(step.message)));
  return step.finish((await readNext(client, takeSasl)).toString());
}

function takeSasl(held: Buffer): { value: Buffer; used: number } | null {
  if (held.length > 0 && held[0] !== front.password) throw new WireError('expected the answer to the password request');
  if (held.length < HEADER) return null;
  const used = held.readUInt32BE(1) + 1;
  if (used < HEADER || used > MAX_SASL) throw new WireError('the answer to the password request is too long');
  return held.length < used ? null : { value: held.subarray(HEADER, used), used };
}

/** In time that does not depend on where they differ. */
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
