/**
 * Requests and grants: who asked for what, who let them in, the signed grant, its role, its end. Upholds I3 (a grant
 * ends on time, whoever dies), I4 (every step is a ledger record of the same transaction) and I6 (when in doubt no, with
 * the limit that says so). The life itself is in machine.ts; everything else carries its steps out. Called by the
 * composition root only; the room review reads the store's grants through store.ts.
 */
import type { FastifyInstance } from 'fastify';
import { Fault } from '../../shared/errors.ts';
import { id128 } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { registerEnvelopes, rolesKept, targetsOfEnvelopes } from '../envelopes/index.ts';
import {
  adminConfig,
  openTargets,
  operatorWords,
  startReaper,
  type TargetConfig,
  type Targets,
} from '../targets/index.ts';
import { openActivation } from './activation.ts';
import { openChanges } from './changes.ts';
import { openChecks } from './checks.ts';
import { registerDevices } from './device-routes.ts';
import { openEndings } from './ending.ts';
import { openFlows } from './flows.ts';
import { openAsk } from './request.ts';
import { registerRoutes } from './routes.ts';
import { startScheduler } from './scheduler.ts';
import { openStop } from './stop.ts';
import { registerStop } from './stop-routes.ts';
import { liveRoles, targetsWithRoles } from './store.ts';
import { openWaiting } from './waiting.ts';

/** Where a target is and how the collector gets in; null when either is not known. */
export function targetConfig(
  { policy, config }: Pick<CollectorDeps, 'policy' | 'config'>,
  id: string,
): TargetConfig | null {
  const target = policy.current().targets.get(id);
  const adminUrl = config.targetAdmins.get(id);
  if (target === undefined || adminUrl === undefined) return null;
  const { host, port, database, tls } = target;
  return { id, host, port, database, adminUrl, tls: { mode: tls.mode, ca: tls.ca, server_name: tls.serverName } };
}

/** The hands on the targets of the policy; whoever asks for them closes them. */
export const targetsOf = (deps: Pick<CollectorDeps, 'policy' | 'config' | 'log'>): Targets =>
  openTargets({
    configOf: (id) => targetConfig(deps, id),
    installation: deps.config.publicUrl,
    onError: (target, err) => deps.log.warn({ err, target }, 'an admin connection broke'),
  });

/** Every target of the policy needs a usable admin URL: a mistake is named at the start, not in the first incident. (I6) */
export function checkTargets(deps: Pick<CollectorDeps, 'policy' | 'config'>): void {
  for (const id of deps.policy.current().targets.keys()) {
    const config = targetConfig(deps, id);
    if (config !== null) adminConfig(config);
    else
      throw new Fault(
        'target_config',
        `The policy has a target ${id}, but VITRINE_TARGET_${id.toUpperCase().replaceAll('-', '_')}_ADMIN is not set.`,
        'Set it to the admin URL of that database, postgres://admin:password@host:port/database.',
      );
  }
}

export interface GrantsOptions {
  /** For tests: other hands on the targets. */
  readonly targets?: Targets;
  readonly reapEveryMs?: number;
  readonly watchEveryMs?: number;
  readonly retryEveryMs?: number;
}

/** Adds the routes, and with the service's start the scheduler and the reaper; both end with it. */
export function registerGrants(app: FastifyInstance, deps: CollectorDeps, options: GrantsOptions = {}): void {
  const { store, ledger, log } = deps;
  checkTargets(deps);
  const targets = options.targets ?? targetsOf(deps);
  const waiting = openWaiting();
  const flows = openFlows(deps, waiting);
  const endings = openEndings({ store, log, now: deps.now, targets, flows });
  const ask = openAsk({ ...deps, flows, targets });
  const activate = openActivation({ ...deps, targets, flows, endings });
  const changes = openChanges({ ...deps, targets, flows, endings });
  const checks = openChecks({ ...deps, targets });
  registerRoutes(app, deps, { flows, endings, ask, activate, changes, waiting, checks });
  const envelopes = registerEnvelopes(app, deps, { ...options, targets, endings });
  const stopAccess = openStop({ store, ledger, log, flows, endings, waiting, envelopes });
  registerStop(app, deps, stopAccess);
  registerDevices(app, deps, stopAccess);

  let stop = async (): Promise<void> => {};
  app.addHook('onReady', async () => {
    const scheduler = startScheduler({ store, log, flows, endings, changes });
    const reaper = startReaper(
      {
        targets,
        targetIds: async () => [
          ...new Set([
            ...deps.policy.current().targets.keys(),
            ...(await targetsWithRoles(store)),
            ...(await targetsOfEnvelopes(store)),
          ]),
        ],
        liveOf: async (roles) => new Set([...(await liveRoles(store, roles)), ...(await rolesKept(store, roles))]),
        async onStray({ target, role, grant, overdue }) {
          log.error({ target, role, grant, overdue }, 'removed a role that outlived its grant');
          const gid = id128.safeParse(grant);
          const detail = overdue
            ? `${role} on ${target} was past its end by the clock of the database, though not by the collector's; it was removed.`
            : `${role} on ${target} was still there after its grant had ended; it was removed.`;
          await ledger.append([
            { typ: 'alert', gid: gid.success ? gid.data : null, kind: 'role_outlived', sid: null, seq: null, detail },
          ]);
        },
        onTrouble: (target, err, retryMs) =>
          log.error({ err, target, retry_ms: retryMs }, `a target could not be reaped: ${operatorWords(target, err)}`),
      },
      options.reapEveryMs,
    );
    const looking = checks.start();
    stop = async () => {
      await looking.stop();
      await scheduler.stop();
      await reaper.stop();
    };
  });
  app.addHook('onClose', async () => {
    await stop();
    await envelopes.stop();
    await targets.close();
  });
}
