/**
 * Composition root of the service: opens the parts in order (policy, keys, store, ledger, identity), hands them to every
 * room as {@link CollectorDeps}, and closes them in reverse. The only place where parts are wired together.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Fault } from '../shared/errors.ts';
import type { CollectorConfig } from './config.ts';
import type { CollectorDeps } from './deps.ts';
import { cookieJar } from './identity/cookies.ts';
import { openAuth, openDirectory, registerIdentity } from './identity/index.ts';
import { openProvider } from './identity/provider.ts';
import { openWebLogin } from './identity/web-login.ts';
import { openKeys } from './keys.ts';
import { openLedger, openSeals, registerLedger } from './ledger/index.ts';
import { recordPolicy } from './ledger/policy-record.ts';
import { openChannels, openNotify } from './notify/index.ts';
import { keepPolicy } from './policy/index.ts';
import { closeApp, openApp } from './server/app.ts';
import { openMetrics } from './server/metrics.ts';
import { registerService } from './server/service.ts';
import { registerWeb } from './server/web.ts';
import { openStore } from './store/index.ts';

/** A room that adds routes; cleans up after itself in `app.addHook('onClose', …)`. */
export type RegisterRoom = (app: FastifyInstance, deps: CollectorDeps) => void | Promise<void>;

export interface Collector {
  readonly app: FastifyInstance;
  readonly deps: CollectorDeps;
  /** Starts to listen; answers with the address. */
  listen(): Promise<string>;
  /** Answers what is running, takes nothing new, closes everything. */
  close(): Promise<void>;
}

/** Throws a Fault (with the reason for a person) when any part cannot be trusted to start; nothing keeps running then. */
export async function openCollector(
  config: CollectorConfig,
  rooms: readonly RegisterRoom[],
  { log, now = () => new Date() }: { readonly log: Logger; readonly now?: () => Date },
): Promise<Collector> {
  const undo: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const metrics = openMetrics();
    const policy = await keepPolicy(config.policyPath, {
      invalid: (fault) =>
        log.error({ code: fault.code }, `policy not taken, the last good one stays: ${fault.message}`),
      changed: (next) => log.info({ policy: next.hash }, 'policy changed'),
      failed: (error) => log.error({ err: error }, 'policy could not be followed'),
    });
    undo.push(() => policy.close());
    const keys = await openKeys(config.keysDir, originOf(config.publicUrl));
    const {
      store,
      applied,
      close: closeStore,
    } = await openStore(config.databaseUrl, (error) => log.warn({ err: error }, 'a database connection broke'));
    undo.push(closeStore);
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
    const ledger = await openLedger({ store, keys, now });
    undo.push(() => ledger.close());
    await recordPolicy({ store, ledger, policy, now });

    const secure = config.publicUrl.startsWith('https:');
    const sessionCookie = cookieJar('vitrine_session', secure);
    const loginCookie = cookieJar('vitrine_login', secure);
    const provider = openProvider(config.issuer, now);
    const auth = openAuth({ config, keys, store, policy, sessionCookie, now });
    const webLogin = openWebLogin({ config, store, provider, sessionCookie, loginCookie, now });
    const deps: CollectorDeps = {
      config,
      keys,
      store,
      policy,
      ledger,
      seals: openSeals(store, keys.seal),
      auth,
      directory: openDirectory(store, policy),
      notify: openNotify({
        publicUrl: config.publicUrl,
        policy: () => policy.current(),
        channels: openChannels(() => policy.current(), config.notifyEnv),
        now,
      }),
      metrics,
      log,
      now,
    };

    const app = await openApp(config, log, metrics);
    undo.push(() => closeApp(app));
    registerService(app, deps);
    registerIdentity(app, deps, { provider, webLogin });
    registerLedger(app, deps, ledger);
    for (const register of rooms) await register(app, deps);
    await registerWeb(app, config);
    return { app, deps, listen: () => listen(app, config), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Name of a ledger made now. It stays when the address changes later, because devices pin it. */
function originOf(publicUrl: string): string {
  const { hostname } = new URL(publicUrl);
  if (hostname === '') throw new Fault('bad_config', 'VITRINE_PUBLIC_URL has no host.');
  return `${hostname.replace(/[[\]]/g, '')}/vitrine-ledger`;
}

async function listen(app: FastifyInstance, { host, port }: CollectorConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown';
    throw new Fault(
      'cannot_listen',
      `Cannot listen on ${host}:${port} (${code}).`,
      'Set HOST and PORT to a free address.',
      {
        cause,
      },
    );
  }
}
