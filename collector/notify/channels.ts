/**
 * The channels of the policy with their addresses and secrets from the environment. What is missing or unsafe is said in
 * words that quote no value; such a channel waits, it stops nothing. (I6)
 */
import type { Role } from '../../shared/grants.ts';
import { isLoopback } from '../config.ts';
import type { Channel, Policy } from '../policy/index.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  readonly secure: boolean;
  /** Plain text is allowed on loopback only. */
  readonly plain: boolean;
  readonly user: string | null;
  readonly password: string;
}
/** How to reach a channel. Holds secrets: never logged, never shown. */
export type Way =
  | { readonly kind: 'webhook'; readonly url: string; readonly secrets: readonly Buffer[] }
  | { readonly kind: 'slack'; readonly url: string }
  | {
      readonly kind: 'smtp';
      readonly server: SmtpServer;
      readonly from: string;
      readonly to: readonly string[];
      readonly toRoles: readonly Role[];
    };
export interface OpenChannel {
  readonly id: string;
  readonly label: string;
  readonly kind: Channel['kind'];
  /** Null when it cannot be used; then `problem` says why. */
  readonly way: Way | null;
  readonly problem: string | null;
}
type Env = ReadonlyMap<string, string>;

/** Says what is wrong, without the value. */
class Unusable extends Error {}

export const variableOf = (id: string, what: 'URL' | 'SECRET'): string =>
  `VITRINE_NOTIFY_${id.toUpperCase().replaceAll('-', '_')}_${what}`;

export function openChannel(channel: Channel, env: Env): OpenChannel {
  const { id, label, kind } = channel;
  try {
    return { id, label, kind, way: wayOf(channel, env), problem: null };
  } catch (error) {
    if (error instanceof Unusable) return { id, label, kind, way: null, problem: error.message };
    throw error;
  }
}

/** Channels of the policy in force; computed anew when it changes. */
export function openChannels(current: () => Policy, env: Env): () => ReadonlyMap<string, OpenChannel> {
  let of: Policy | null = null;
  let open: ReadonlyMap<string, OpenChannel> = new Map();
  return () => {
    const policy = current();
    if (policy !== of) {
      of = policy;
      open = new Map([...policy.notify.channels].map(([id, channel]) => [id, openChannel(channel, env)]));
    }
    return open;
  };
}

function wayOf(channel: Channel, env: Env): Way {
  const variable = variableOf(channel.id, 'URL');
  const text = env.get(variable);
  if (text === undefined) throw new Unusable(`${variable} is not set on the collector`);
  if (!URL.canParse(text)) throw new Unusable(`${variable} is not a URL`);
  const url = new URL(text);
  if (channel.kind === 'smtp') {
    const { from, to, toRoles } = channel;
    return { kind: 'smtp', server: smtpServer(url, variable), from, to, toRoles };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new Unusable(`${variable} must be https; plain http is allowed on loopback only`);
  if (url.username !== '' || url.password !== '') throw new Unusable(`${variable} must not hold a user or password`);
  if (channel.kind === 'slack') return { kind: 'slack', url: url.href };
  const named = variableOf(channel.id, 'SECRET');
  const secrets = env.get(named);
  if (secrets === undefined) throw new Unusable(`${named} is not set on the collector`);
  return { kind: 'webhook', url: url.href, secrets: secrets.split(/\s+/).map((one) => secretOf(one, named)) };
}

/** `whsec_` and the base64 of 24 to 64 bytes (Standard Webhooks, “Signature scheme”). */
function secretOf(text: string, variable: string): Buffer {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const bytes = base64 === undefined ? Buffer.alloc(0) : Buffer.from(base64, 'base64');
  if (bytes.length >= 24 && bytes.length <= 64) return bytes;
  throw new Unusable(`${variable} must be whsec_ and the base64 of 24 to 64 bytes`);
}

function smtpServer(url: URL, variable: string): SmtpServer {
  const secure = url.protocol === 'smtps:';
  if (!secure && url.protocol !== 'smtp:') throw new Unusable(`${variable} must begin with smtps:// or smtp://`);
  if (url.hostname === '') throw new Unusable(`${variable} names no host`);
  // Options in a query could switch off what keeps the connection safe.
  if (url.search !== '' || url.hash !== '' || url.pathname.replace('/', '') !== '')
    throw new Unusable(`${variable} must end after the port`);
  const part = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw new Unusable(`${variable} has a user or password that is not percent-encoded`);
    }
  };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    plain: !secure && isLoopback(host),
    user: url.username === '' ? null : part(url.username),
    password: part(url.password),
  };
}
