/**
 * What security reads afterwards: the queue by deadline, the timeline of a grant out of its ledger entries, sealed texts
 * opened with a reason, the sign-off, and the evidence bundle. Upholds I4 (a third party can check all of it) and I5
 * (nobody signs under what they have not seen). Reads the rooms grants and ledger; needs the role reviewer throughout,
 * but for the bundle of one's own grant.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { disclosureRequest, signOff } from '../../shared/api.ts';
import { writeBundle } from '../../shared/audit/bundle.ts';
import type { CollectorDeps } from '../deps.ts';
import { actorOf, openFlows } from '../grants/flows.ts';
import type { Grant } from '../grants/machine.ts';
import { forReview, load } from '../grants/store.ts';
import { openWaiting } from '../grants/waiting.ts';
import { requireRole } from '../identity/index.ts';
import { primitives } from '../keys.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { idParameter, validate } from '../server/validate.ts';
import { bundleParts } from './bundle.ts';
import { openStatement } from './disclosing.ts';
import { openReading } from './reading.ts';
import { signOffGrant } from './sign-off.ts';

export function registerReview(app: FastifyInstance, deps: CollectorDeps): void {
  const { auth, config, ledger, log, store } = deps;
  const reading = openReading(deps);
  const flows = openFlows(deps, openWaiting());
  const reviewer = async (request: FastifyRequest) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'reviewer');
    return actorOf(person);
  };

  app.get('/v1/review/grants', limited(config, 120), async (request) => {
    await reviewer(request);
    return { grants: await reading.queue(await forReview(store)) };
  });

  app.get('/v1/review/grants/:id', limited(config, 240), async (request) => {
    await reviewer(request);
    const { grant } = await load(store, idParameter(request.params, 'id'));
    return reading.grant(grant);
  });

  app.post('/v1/review/grants/:id/sign-off', limited(config, 60), async (request) => {
    const by = await reviewer(request);
    const id = idParameter(request.params, 'id');
    return reading.grant(await signOffGrant({ ledger, flows }, id, by, validate(signOff, request.body)));
  });

  app.post('/v1/review/statements/:intent/open', limited(config, 60), async (request) => {
    const by = await reviewer(request);
    const { reason } = validate(disclosureRequest, request.body);
    return openStatement(deps, idParameter(request.params, 'intent'), by, reason);
  });

  app.get('/v1/review/grants/:id/bundle', limited(config, 30), async (request, reply) => {
    await reviewer(request);
    const { grant } = await load(store, idParameter(request.params, 'id'));
    return sendBundle(reply, grant);
  });

  /** The engineer's own copy, for their own protection: what is said of them later can be held against it. */
  app.get('/v1/requests/:id/bundle', limited(config, 30), async (request, reply) => {
    const { person } = await auth.requireDevice(request);
    const { grant } = await load(store, idParameter(request.params, 'id'));
    if (grant.by.sub !== person.sub)
      throw problem(403, 'not_yours', 'This grant is not yours', { hint: 'A reviewer can give you what you may see.' });
    return sendBundle(reply, grant);
  });

  async function sendBundle(reply: FastifyReply, grant: Grant): Promise<FastifyReply> {
    const lines = Readable.from(writeBundle(await bundleParts(deps, grant), primitives));
    // The answer has begun by then: a reader notices the missing last line.
    lines.on('error', (error) => log.error({ err: error, grant: grant.id }, 'a bundle broke off'));
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', `attachment; filename="vitrine-${grant.id}.ndjson"`)
      .send(lines);
  }
}
