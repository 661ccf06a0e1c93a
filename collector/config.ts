/** The service's configuration: environment variables in, checked values out. A wrong one stops the start and is named. (I6) */
import { isIP } from 'node:net';
import { Fault } from '../shared/errors.ts';

export interface CollectorConfig {
  readonly databaseUrl: string;
  /** Path of the policy file. */
  readonly policyPath: string;
  /** Origin under which clients reach the service, without a trailing slash. */
  readonly publicUrl: string;
  /** OIDC issuer, exactly as it stands in `iss`. */
  readonly issuer: string;
  /** The app's client id: audience of the ID tokens that devices trade. */
  readonly clientId: string;
  /** The web pages' client id. */
  readonly deskClientId: string;
  /** Folder of the service's keys; made on first start. */
  readonly keysDir: string;
  readonly host: string;
  readonly port: number;
  /** Folder of the built web pages; null serves none. */
  readonly webDir: string | null;
  /** Admin connection URL per target id, from `VITRINE_TARGET_<ID>_ADMIN`. */
  readonly targetAdmins: ReadonlyMap<string, string>;
  /** `VITRINE_NOTIFY_…` as they are: addresses and secrets of the policy's channels. */
  readonly notifyEnv: ReadonlyMap<string, string>;
  /** Multiplies every rate limit; for load tests and large sites. */
  readonly rateScale: number;
  /** Addresses of proxies whose `x-forwarded-for` is believed. */
  readonly trustProxy: string | false;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

type Environment = Readonly<Record<string, string | undefined>>;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Whether a host name is this machine; plain HTTP is allowed nowhere else. */
export const isLoopback = (hostname: string): boolean => {
  const name = hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
};

/** Throws a Fault that names the variable. Never quotes a value that may hold a password. */
export function readConfig(env: Environment): CollectorConfig {
  const text = (name: string): string => {
    const value = env[name];
    if (value === undefined || value.trim() === '') {
      throw new Fault(
        'bad_config',
        `${name} is not set.`,
        `Set ${name} and start again; docs/policy.md lists them all.`,
      );
    }
    return value;
  };
  const optional = (name: string): string | null => {
    const value = env[name];
    return value === undefined || value.trim() === '' ? null : value;
  };
  const httpUrl = (name: string): string => {
    const value = text(name);
    let url: URL;
    try {
      url = new URL(value);
    } catch (cause) {
      throw new Fault('bad_config', `${name} is not a URL.`, null, { cause });
    }
    const plain = url.protocol === 'http:' && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !plain) {
      throw new Fault('bad_config', `${name} must be https; plain http is allowed on loopback only.`);
    }
    return value;
  };

  const publicUrl = new URL(httpUrl('VITRINE_PUBLIC_URL'));
  if (publicUrl.pathname !== '/' || publicUrl.search !== '' || publicUrl.hash !== '') {
    throw new Fault('bad_config', 'VITRINE_PUBLIC_URL must be an origin: scheme, host and port, nothing after them.');
  }
  const port = Number(optional('PORT') ?? '8080');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Fault('bad_config', 'PORT must be a number from 0 to 65535.');
  }
  const rateScale = Number(optional('VITRINE_RATE_SCALE') ?? '1');
  if (!(rateScale > 0 && rateScale <= 10_000)) {
    throw new Fault('bad_config', 'VITRINE_RATE_SCALE must be a number above 0, at most 10000.');
  }
  const level = optional('VITRINE_LOG_LEVEL') ?? 'info';
  const logLevel = LEVELS.find((known) => known === level);
  if (logLevel === undefined) {
    throw new Fault('bad_config', `VITRINE_LOG_LEVEL must be one of ${LEVELS.join(', ')}.`);
  }
  const databaseUrl = text('DATABASE_URL');
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new Fault('bad_config', 'DATABASE_URL must begin with postgres:// or postgresql://.');
  }
  return {
    databaseUrl,
    policyPath: text('VITRINE_POLICY'),
    publicUrl: publicUrl.origin,
    issuer: httpUrl('VITRINE_ISSUER'),
    clientId: text('VITRINE_CLIENT_ID'),
    deskClientId: text('VITRINE_DESK_CLIENT_ID'),
    keysDir: text('VITRINE_KEYS'),
    host: optional('HOST') ?? '127.0.0.1',
    port,
    webDir: optional('VITRINE_WEB'),
    targetAdmins: targetAdmins(env),
    notifyEnv: notifyEnv(env),
    rateScale,
    trustProxy: optional('VITRINE_TRUST_PROXY') ?? false,
    logLevel,
  };
}

function targetAdmins(env: Environment): ReadonlyMap<string, string> {
  const admins = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const [, id] = /^VITRINE_TARGET_([A-Z0-9_]+)_ADMIN$/.exec(name) ?? [];
    if (id === undefined || value === undefined || value === '') continue;
    admins.set(id.toLowerCase().replaceAll('_', '-'), value);
  }
  return admins;
}

export function notifyEnv(env: Environment): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(env))
    if (name.startsWith('VITRINE_NOTIFY_') && value !== undefined && value.trim() !== '') named.set(name, value.trim());
  return named;
}
