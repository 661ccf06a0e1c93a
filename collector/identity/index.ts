/**
 * Who is asking. Devices prove it with an ID token whose nonce commits to their key, then with DPoP-bound tokens
 * (RFC 9449); people on the web pages with a cookie session of an OIDC login. What either may do comes from the groups
 * that the identity provider named, through the policy. Upholds I4 (evidence) and I6 (when in doubt, no).
 */
import type { FastifyRequest } from 'fastify';
import type { Person } from '../../shared/api.ts';
import type { PublicJwk } from '../../shared/audit/records.ts';
import type { Role } from '../../shared/grants.ts';
import type { SignIn } from '../../shared/step-up.ts';
import { problem } from '../server/problem.ts';

export { openAuth } from './auth.ts';
export { openDirectory } from './directory.ts';
export { registerIdentity } from './routes.ts';

/** A person, proven now. */
export interface AuthenticatedPerson extends Person {
  readonly roles: Role[];
  readonly groups: readonly string[];
  /** SHA-256 of the ID token that proved it (the `idt` of an `actor`). */
  readonly idt: string;
  /** When the identity provider last saw a credential, and of what kind; null when it does not say when. */
  readonly auth: SignIn | null;
}
export interface Device {
  /** RFC 7638 thumbprint. */
  readonly jkt: string;
  readonly jwk: PublicJwk;
  readonly name: string;
}
export interface WebSession {
  /** Hash of the session id; never the id itself. */
  readonly id: string;
  /** Goes into `GET /v1/me`; every POST must carry it in `x-vitrine-csrf`. */
  readonly csrf: string;
}

export interface Auth {
  /** The app: `Authorization: DPoP …` and a fresh proof. Throws 401. */
  requireDevice(request: FastifyRequest): Promise<{ person: AuthenticatedPerson; device: Device }>;
  /** The web pages: cookie session, and for every method but GET and HEAD the CSRF token and the Origin. Throws 401 or 403. */
  requireWeb(request: FastifyRequest): Promise<{ person: AuthenticatedPerson; session: WebSession }>;
  /** Either; `device` is null on the web pages, `session` (the hash of its id) in the app. */
  requirePerson(
    request: FastifyRequest,
  ): Promise<{ person: AuthenticatedPerson; device: Device | null; session: string | null }>;
}

/** Who is known to hold a role: the policy's list and everyone who has signed in. */
export interface Directory {
  withRole(role: Role): Promise<{ sub: string; name: string; email: string | null; groups: readonly string[] }[]>;
  /** The last known name of a person, or their sub. */
  nameOf(sub: string): Promise<string>;
}

/** Throws 403 `role_required` unless the person holds one of these roles. */
export function requireRole(person: Pick<Person, 'roles' | 'name'>, ...roles: readonly Role[]): void {
  if (roles.some((role) => person.roles.includes(role))) return;
  throw problem(403, 'role_required', `This needs the role ${roles.join(' or ')}`, {
    detail: `${person.name} has ${person.roles.length === 0 ? 'no role' : person.roles.join(', ')} in the policy now.`,
    hint: 'Ask an operator which group carries the role; it counts from the next sign-in on.',
  });
}
