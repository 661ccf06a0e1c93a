/**
 * The server's side of SCRAM-SHA-256 without channel binding. RFC 5802 sections 3, 5 and 7, RFC 7677; PostgreSQL manual,
 * "SASL Authentication". Pure: randomness is handed in. The password is random ASCII, so SASLprep would leave it as it is.
 */
import { createHash, createHmac, pbkdf2 as pbkdf2WithCallback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { WireError } from '../wire/frames.ts';

const pbkdf2 = promisify(pbkdf2WithCallback);

export const MECHANISM = 'SCRAM-SHA-256';

/** What a server keeps of a password. */
export interface Verifier {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export async function verifierOf(password: string, salt: Buffer, iterations: number): Promise<Verifier> {
  const salted = await pbkdf2(password, salt, iterations, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  return { salt, iterations, storedKey: sha256(clientKey), serverKey: hmac(salted, 'Server Key') };
}

/** After the client's first message. */
export interface Challenge {
  /** server-first-message. */
  readonly message: string;
  /** Takes the client-final-message; answers with the server-final-message, or null where the proof is wrong. */
  finish(message: string): string | null;
}

/**
 * Answers a client-first-message. The name in it is ignored, as by PostgreSQL: the startup message has named the user.
 * `nonce` is printable and has no comma. Here and in `finish`, a message that is no SCRAM is a WireError.
 */
export function challenge(message: string, verifier: Verifier, nonce: string): Challenge {
  if (/^p=/.test(message)) throw new WireError('channel binding was not offered');
  const [, header, bare, clientNonce] = /^([ny],,)(n=[^,]*,r=([!-+\x2d-~]+)(?:,.*)?)$/.exec(message) ?? [];
  if (header === undefined || bare === undefined || clientNonce === undefined)
    throw new WireError('malformed SCRAM message');
  const whole = clientNonce + nonce;
  const first = `r=${whole},s=${verifier.salt.toString('base64')},i=${verifier.iterations}`;
  const binding = Buffer.from(header).toString('base64');
  return {
    message: first,
    finish(last) {
      const at = last.lastIndexOf(',p=');
      const withoutProof = last.slice(0, at);
      const [, saidBinding, saidNonce] = /^c=([^,]*),r=([^,]*)(?:,.*)?$/.exec(withoutProof) ?? [];
      const proof = /^[A-Za-z0-9+/]{43}=$/.exec(last.slice(at + 3))?.[0];
      if (at < 0 || proof === undefined) throw new WireError('malformed SCRAM message');
      if (saidBinding !== binding) throw new WireError('SCRAM channel binding does not match');
      if (saidNonce !== whole) throw new WireError('SCRAM nonce does not match');
      const authMessage = `${bare},${first},${withoutProof}`;
      const clientKey = xor(Buffer.from(proof, 'base64'), hmac(verifier.storedKey, authMessage));
      if (!timingSafeEqual(sha256(clientKey), verifier.storedKey)) return null;
      return `v=${hmac(verifier.serverKey, authMessage).toString('base64')}`;
    },
  };
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** Of two values of the same length. */
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)));
