/** Cookies of the web pages: random ids that only the browser holds; the store has their hashes. */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface CookieJar {
  read(request: FastifyRequest): string | null;
  /** `maxAge` in seconds. */
  set(reply: FastifyReply, value: string, maxAge: number): void;
  clear(reply: FastifyReply): void;
}

export const newSecret = (): string => randomBytes(32).toString('base64url');
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
/** Known to whoever can read the page's answers, so not to another site; needs no storage of its own. */
export const csrfOf = (secret: string): string => createHash('sha256').update(`csrf|${secret}`).digest('base64url');

/** `__Host-` pins the cookie to this host and path where the pages are served over https. */
export function cookieJar(name: string, secure: boolean): CookieJar {
  const whole = secure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    read(request) {
      for (const part of (request.headers.cookie ?? '').split(';')) {
        const [key, value] = part.trim().split('=');
        if (key === whole && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
      }
      return null;
    },
    set(reply, value, maxAge) {
      reply.header('set-cookie', `${whole}=${value}; ${attributes}; Max-Age=${maxAge}`);
    },
    clear(reply) {
      reply.header('set-cookie', `${whole}=; ${attributes}; Max-Age=0`);
    },
  };
}
