/** Routes about the service itself: discovery, health, readiness, metrics, OpenAPI. */
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { Discovery } from '../../shared/api.ts';
import type { CollectorDeps } from '../deps.ts';
import { limited } from './limits.ts';
import { openApi } from './openapi.ts';
import { problem } from './problem.ts';

export function registerService(app: FastifyInstance, deps: CollectorDeps): void {
  const { config, keys, ledger, metrics, notify, policy, store } = deps;
  app.get(
    '/.well-known/vitrine',
    async (): Promise<Discovery> => ({
      name: 'Vitrine collector',
      issuer: config.issuer,
      client_id: config.clientId,
      oidc_scope: 'openid profile email groups offline_access',
      api: `${config.publicUrl}/v1`,
      ledger_vkey: ledger.vkey,
      grant_key: keys.grant.jwk,
      entry_key: keys.entry.jwk,
      now: deps.now().toISOString(),
    }),
  );
  app.get('/healthz', limited(config, 6000), async () => ({ status: 'up' }));
  app.get('/readyz', limited(config, 6000), async (request) => {
    try {
      await sql`select 1`.execute(store);
    } catch (error) {
      request.log.error({ err: error }, 'not ready');
      throw problem(503, 'store_unavailable', 'The database does not answer', {
        hint: 'Check DATABASE_URL and the server.',
      });
    }
    const stale = policy.problem();
    const channels = [...notify.channels().values()].flatMap(({ id, problem }) =>
      problem === null ? [] : [{ channel: id, problem }],
    );
    return {
      status: 'ready',
      policy: policy.current().hash,
      policy_problem: stale?.message ?? null,
      notify_problems: channels,
    };
  });
  metrics.gauge(
    'vitrine_policy_invalid',
    '1 while the newest policy file is invalid and the last good one stays',
    () => (policy.problem() === null ? 0 : 1),
  );
  app.get('/metrics', limited(config, 6000), async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text()),
  );
  const document = openApi(config.publicUrl);
  app.get('/v1/openapi.json', async () => document);
}
