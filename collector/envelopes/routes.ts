/** The routes of the room: who may ask for, confirm, withdraw, fetch and report what. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import {
  type deliveredEnvelopes,
  type EnvelopeConfirmed,
  type Envelopes,
  type EnvelopeView,
  envelopeAsk,
  envelopeKey,
  envelopeWithdrawal,
  type OpeningHeard,
  openingReport,
} from '../../shared/api-envelope.ts';
import { fromBase64url } from '../../shared/encoding.ts';
import { sealedEnvelope, sealKeyStatement } from '../../shared/envelope-seal.ts';
import type { CollectorDeps } from '../deps.ts';
import { actorOf } from '../grants/flows.ts';
import { type AuthenticatedPerson, requireRole } from '../identity/index.ts';
import { primitives } from '../keys.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { idParameter, validate } from '../server/validate.ts';
import type { EnvelopeFlows } from './flows.ts';
import type { Envelope } from './machine.ts';
import type { Mint } from './mint.ts';
import { newestToken, offersOf } from './offers.ts';
import type { HearOpening } from './opening.ts';
import { listed, load, type Stored, sealedFor } from './store.ts';
import { viewOf } from './view.ts';

export interface EnvelopeActs {
  readonly flows: EnvelopeFlows;
  readonly mint: Mint;
  readonly hear: HearOpening;
  readonly clean: (envelope: Envelope) => Promise<void>;
}

const mayMint = ({ roles }: AuthenticatedPerson): boolean => roles.includes('approver');
const maySee = ({ roles }: AuthenticatedPerson): boolean => roles.some((role) => role !== 'engineer');

export function registerEnvelopeRoutes(app: FastifyInstance, deps: CollectorDeps, acts: EnvelopeActs): void {
  const { auth, config, policy, store, log } = deps;
  const { flows, mint, hear, clean } = acts;

  const view = async ({ envelope, fetchedAt }: Stored, person: AuthenticatedPerson): Promise<EnvelopeView> => {
    const device = await store.selectFrom('devices').select('name').where('jkt', '=', envelope.jkt).executeTakeFirst();
    return viewOf(envelope, {
      deviceName: device?.name ?? 'unknown device',
      fetchedAt,
      approver: mayMint(person) ? person : null,
      now: flows.now(),
    });
  };
  const viewNow = async (id: string, person: AuthenticatedPerson) => view(await load(store, id), person);

  app.get('/v1/envelopes', limited(config, 240), async (request): Promise<Envelopes> => {
    const { person } = await auth.requirePerson(request);
    const found = await listed(store, maySee(person) ? null : person.sub);
    return {
      envelopes: await Promise.all(found.map((one) => view(one, person))),
      offers: mayMint(person)
        ? (await offersOf(store, policy.current())).filter(({ holder }) => holder.sub !== person.sub)
        : [],
    };
  });

  app.post('/v1/envelopes', limited(config, 30), async (request): Promise<EnvelopeView> => {
    const { person } = await auth.requireWeb(request);
    requireRole(person, 'approver');
    const { id } = await mint.ask(validate(envelopeAsk, request.body), actorOf(person));
    return viewNow(id, person);
  });

  app.post('/v1/envelopes/:id/confirm', limited(config, 30), async (request, reply): Promise<EnvelopeConfirmed> => {
    const { person } = await auth.requireWeb(request);
    requireRole(person, 'approver');
    const id = idParameter(request.params, 'id');
    const { openingKey } = await mint.confirm(id, actorOf(person));
    reply.header('cache-control', 'no-store');
    return { envelope: await viewNow(id, person), opening_key: openingKey };
  });

  app.post('/v1/envelopes/:id/withdraw', limited(config, 60), async (request): Promise<EnvelopeView> => {
    const { person } = await auth.requirePerson(request);
    const id = idParameter(request.params, 'id');
    const { reason } = validate(envelopeWithdrawal, request.body);
    const { envelope } = await load(store, id);
    if (envelope.holder.sub !== person.sub) requireRole(person, 'approver', 'reviewer');
    const event = { type: 'withdraw', at: flows.now(), by: actorOf(person), reason } as const;
    const moved = await flows.move(id, event);
    log.warn({ envelope: id, by: person.sub }, 'an envelope was withdrawn');
    await clean(moved.envelope);
    return viewNow(id, person);
  });

  app.post('/v1/envelopes/key', limited(config, 60), async (request, reply) => {
    const { device } = await auth.requireDevice(request);
    const { x, sig } = validate(envelopeKey, request.body);
    if (!primitives.verify(device.jwk, sealKeyStatement(device.jkt, x), fromBase64url(sig)))
      throw problem(400, 'bad_signature', 'This key is not signed by the device key', { field: 'sig' });
    const told = { x, sig, at: deps.now() };
    await store
      .insertInto('envelope_keys')
      .values({ jkt: device.jkt, ...told })
      .onConflict((conflict) => conflict.column('jkt').doUpdateSet(told))
      .execute();
    return reply.code(204).send();
  });

  app.get('/v1/envelopes/mine', limited(config, 240), async (request): Promise<z.infer<typeof deliveredEnvelopes>> => {
    const { device } = await auth.requireDevice(request);
    const now = deps.now();
    const idt = await newestToken(store, device.jkt);
    const rows = await sealedFor(store, device.jkt, now);
    return {
      now: now.toISOString(),
      envelopes: rows.flatMap(({ id, jws, sealed }) =>
        jws === null || sealed === null || idt === null
          ? []
          : [{ id, grant: jws, sealed: sealedEnvelope.parse(JSON.parse(sealed)), idt }],
      ),
    };
  });

  // No sign-in: see `openingReport`.
  app.post('/v1/envelopes/opened', limited(config, 60), async (request): Promise<OpeningHeard> => {
    const { record, live } = validate(openingReport, request.body);
    return hear(record, live);
  });
}
