/** The ledger's routes: uploads from devices, checkpoints and tiles for anyone, entry bundles for reviewers. (I4, I5) */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAX_BATCH_BYTES } from '../../shared/api.ts';
import { encodeEntries, parseTilePath, tileWidth } from '../../shared/tlog/tile.ts';
import type { CollectorDeps } from '../deps.ts';
import { requireRole } from '../identity/index.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { idParameter, validate } from '../server/validate.ts';
import { storeDisclosures } from './disclosures.ts';
import type { OpenLedger } from './open.ts';
import { openUploads } from './uploads.ts';

const fromSize = z.object({
  from_size: z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/)
    .transform(Number)
    .default(0),
});
/** A statement's text can be 8 MB in the app's editor; base64url of its JSON is a third longer. */
const MAX_DISCLOSURES_BYTES = 16 * 1024 * 1024;

export function registerLedger(app: FastifyInstance, deps: CollectorDeps, ledger: OpenLedger): void {
  const uploads = openUploads(deps.store, ledger);
  const { auth, metrics } = deps;
  metrics.counter('vitrine_batches_accepted_total', 'Batches of device entries that were answered with a receipt');
  metrics.gauge('vitrine_ledger_size', 'Entries in the ledger', ledger.knownSize);

  app.post(
    '/v1/sessions/:sid/entries',
    { bodyLimit: MAX_BATCH_BYTES, ...limited(deps.config, 6000) },
    async (request) => {
      const { person } = await auth.requireDevice(request);
      const sid = idParameter(request.params, 'sid');
      const query = validate(fromSize, request.query);
      const receipt = await uploads.entries(sid, textBody(request.body), query.from_size, person.sub);
      metrics.count('vitrine_batches_accepted_total');
      return receipt;
    },
  );
  app.get('/v1/sessions/:sid', limited(deps.config, 1200), async (request) => {
    const { person } = await auth.requireDevice(request);
    return uploads.head(idParameter(request.params, 'sid'), person.sub);
  });
  app.post(
    '/v1/sessions/:sid/disclosures',
    { bodyLimit: MAX_DISCLOSURES_BYTES, ...limited(deps.config, 6000) },
    async (request, reply) => {
      const { person } = await auth.requireDevice(request);
      const sid = idParameter(request.params, 'sid');
      const parts = { store: deps.store, key: deps.keys.seal, now: deps.now };
      await storeDisclosures(parts, sid, textBody(request.body), person.sub);
      return reply.code(204).send();
    },
  );

  app.get('/ledger/checkpoint', limited(deps.config, 1200), async (_request, reply) => {
    const head = await ledger.newest();
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(head.note);
  });
  app.get('/ledger/tile/*', limited(deps.config, 6000), async (request, reply) => {
    const { '*': path } = validate(z.object({ '*': z.string().max(100) }), request.params);
    const tile = parseTilePath(path);
    const missing = problem(404, 'not_found', 'There is no such tile', { field: 'path' });
    if (tile === null) throw missing;
    if (tile.level === 'entries') requireRole((await auth.requirePerson(request)).person, 'reviewer');
    const head = await ledger.newest();
    if (tileWidth(tile.level === 'entries' ? 0 : tile.level, tile.index, head.size) < tile.width) throw missing;
    if (tile.level === 'entries') {
      const first = tile.index * 256;
      const entries = await ledger.entries(first, first + tile.width);
      return reply
        .type('application/octet-stream')
        .header('cache-control', 'no-store')
        .send(Buffer.from(encodeEntries(entries.map((entry) => entry.line))));
    }
    const bytes = await ledger.tiles.tile(tile.level, tile.index);
    // A tile of this width never changes again.
    return reply
      .type('application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(Buffer.from(bytes.subarray(0, tile.width * 32)));
  });
}

function textBody(body: unknown): string {
  if (!Buffer.isBuffer(body)) {
    throw problem(415, 'unsupported_media_type', 'This route takes application/x-ndjson', { field: 'content-type' });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw problem(400, 'invalid_input', 'The body is not UTF-8', { field: 'body' });
  }
}
