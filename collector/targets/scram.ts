/** The credentials of an ephemeral role, made here so that the password never appears in SQL, nor in a server log. (I3) */
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
/** PostgreSQL's own default; the password is 256 random bits, so more rounds would add nothing. */
const ITERATIONS = 4096;

/** 256 random bits, base64url: plain ASCII, so SASLprep leaves it as it is. */
export const newPassword = (): string => randomBytes(32).toString('base64url');

/**
 * The SCRAM-SHA-256 verifier as PostgreSQL stores it (RFC 5802 section 3, RFC 5803, RFC 7677):
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. `password` has to be ASCII.
 */
export async function scramVerifier(
  password: string,
  salt: Uint8Array = randomBytes(16),
  iterations: number = ITERATIONS,
): Promise<string> {
  const salted = await derive(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const server = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`;
}
