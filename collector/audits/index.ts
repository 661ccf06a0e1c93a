/**
 * Periodic audits: what was granted in a period, reviews that are overdue, roles that should not exist, people and devices
 * with rights that nobody uses, changes of the policy. Each report is in the ledger by its hash (I4). Reads the rooms
 * grants, ledger and targets; needs the role reviewer or operator.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AuditList, type AuditReport, auditId, auditReport, auditSection } from '../../shared/audits.ts';
import type { CollectorDeps } from '../deps.ts';
import { targetsOf } from '../grants/index.ts';
import { requireRole } from '../identity/index.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { validate } from '../server/validate.ts';
import { csvOf } from './csv.ts';
import { idOf, periodAt } from './period.ts';
import { readReport } from './report.ts';
import { startAudits } from './schedule.ts';

const place = z.object({ id: z.union([auditId, z.literal('running')]) });
const csvPlace = z.object({
  ...place.shape,
  file: z.enum(auditSection.options.map((section) => `${section}.csv` as const)),
});

export function registerAudits(app: FastifyInstance, deps: CollectorDeps): void {
  const { auth, config, policy, store } = deps;
  const targets = targetsOf(deps);
  const parts = { ...deps, targets };
  const reader = async (request: FastifyRequest): Promise<void> => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'reviewer', 'operator');
  };
  const stored = async (id: string): Promise<string> => {
    const row = await store.selectFrom('audits').select('body').where('id', '=', id).executeTakeFirst();
    if (row !== undefined) return row.body;
    throw problem(404, 'not_found', 'There is no audit of this period', { field: 'id', hint: 'Pick one of the list.' });
  };
  /** Read at this moment, kept nowhere. */
  const running = (): Promise<AuditReport> => {
    const at = deps.now();
    return readReport(parts, periodAt(policy.current().audits.every, at), at);
  };

  app.get('/v1/audits', limited(config, 120), async (request): Promise<AuditList> => {
    await reader(request);
    const { every } = policy.current().audits;
    const now = periodAt(every, deps.now());
    const rows = await store
      .selectFrom('audits')
      .select(['id', 'from_at', 'until_at', 'at', 'grants', 'findings', 'index', 'digest'])
      .orderBy('until_at', 'desc')
      .execute();
    return {
      every,
      running: { id: idOf(now), from: now.from.toISOString(), until: now.until.toISOString() },
      audits: rows.map(({ from_at: from, until_at: until, at, ...row }) => ({
        ...row,
        from: from.toISOString(),
        until: until.toISOString(),
        at: at.toISOString(),
      })),
    };
  });

  app.get('/v1/audits/:id', limited(config, 60), async (request, reply) => {
    await reader(request);
    const { id } = validate(place, request.params);
    if (id === 'running') return running();
    // The very bytes whose hash is in the ledger.
    return reply.type('application/json').send(await stored(id));
  });

  app.get('/v1/audits/:id/:file', limited(config, 60), async (request, reply) => {
    await reader(request);
    const { id, file } = validate(csvPlace, request.params);
    const report = id === 'running' ? await running() : auditReport.parse(JSON.parse(await stored(id)));
    const section = auditSection.parse(file.replace(/\.csv$/, ''));
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="vitrine-audit-${id}-${file}"`)
      .send(csvOf(report, section));
  });

  let stop = async (): Promise<void> => {};
  app.addHook('onReady', async () => {
    const schedule = startAudits(parts);
    stop = () => schedule.stop();
  });
  app.addHook('onClose', async () => {
    await stop();
    await targets.close();
  });
}
