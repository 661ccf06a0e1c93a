/** Every call these pages make, by name. Paths and shapes are those of `shared/api.ts`. */
import { z } from 'zod';
import {
  type approve,
  disclosure,
  type disclosureRequest,
  me,
  queueItem,
  type RequestView,
  requestView,
  reviewGrant,
  type signOff,
} from '../../../shared/api.ts';
import {
  type EnvelopeAsk,
  type EnvelopeConfirmed,
  type Envelopes,
  type EnvelopeView,
  envelopeConfirmed,
  envelopes,
  envelopeView,
} from '../../../shared/api-envelope.ts';
import {
  type DeviceRevoked,
  type Devices,
  deviceRevoked,
  devices,
  type LiveGrant,
  live,
  type StopAnswer,
  type StopRequest,
  stopAnswer,
} from '../../../shared/api-stop.ts';
import { type AuditList, type AuditReport, auditList, auditReport } from '../../../shared/audits.ts';
import { type Told, told } from '../../../shared/notify.ts';
import type { Ask, Client, Now } from './client.ts';

const requestList = z.object({ requests: z.array(requestView) });
const queue = z.object({ grants: z.array(queueItem) });
const id = encodeURIComponent;

/** A long poll: for what is not in this state, or newer than this version. */
export interface Hold {
  readonly wait: number;
  readonly not: string;
  readonly since?: number | undefined;
}
const heldUntil = ({ wait, not, since }: Hold): string =>
  `?wait=${wait}&not=${id(not)}${since === undefined ? '' : `&since=${since}`}`;

export interface Calls {
  readonly now: Now;
  me(ask?: Ask): Promise<z.infer<typeof me>>;
  signOut(): Promise<void>;
  requests(ask?: Ask): Promise<RequestView[]>;
  /** With `not`, answers when the state is another one, or after `wait` seconds with the same. */
  request(request: string, hold: Hold | null, ask?: Ask): Promise<RequestView>;
  decide(request: string, what: 'approve' | 'deny', body: z.input<typeof approve>): Promise<RequestView>;
  /** Answers a change of a live grant, or ends an elevation. */
  answerChange(request: string, change: string, act: 'approve' | 'deny' | 'revoke', note: string): Promise<RequestView>;
  /** Who was told about a request. */
  told(request: string, ask?: Ask): Promise<Told>;
  queue(ask?: Ask): Promise<z.infer<typeof queueItem>[]>;
  grant(grant: string, ask?: Ask): Promise<z.infer<typeof reviewGrant>>;
  signOff(grant: string, body: z.input<typeof signOff>): Promise<void>;
  open(intent: string, body: z.input<typeof disclosureRequest>): Promise<z.infer<typeof disclosure>>;
  bundle(grant: string, ask?: Ask): Promise<Response>;
  audits(ask?: Ask): Promise<AuditList>;
  /** `running` is the period that has not ended. */
  audit(audit: string, ask?: Ask): Promise<AuditReport>;
  live(ask?: Ask): Promise<LiveGrant[]>;
  /** Answers when what could end has ended, after a few seconds at most. */
  stop(body: StopRequest): Promise<StopAnswer>;
  /** Those that fit the search; all, as far as one list goes, where it is empty. */
  devices(search: string, ask?: Ask): Promise<Devices>;
  revokeDevice(jkt: string, body: { readonly reason: string }): Promise<DeviceRevoked>;
  envelopes(ask?: Ask): Promise<Envelopes>;
  askEnvelope(body: EnvelopeAsk): Promise<EnvelopeView>;
  /** The opening key is in the answer to the second confirmation, and nowhere else, ever. */
  confirmEnvelope(envelope: string): Promise<EnvelopeConfirmed>;
  withdrawEnvelope(envelope: string, reason: string): Promise<EnvelopeView>;
}

export const bundlePath = (grant: string): string => `/v1/review/grants/${id(grant)}/bundle`;

export function createCalls(client: Client): Calls {
  return {
    now: client.now,
    async me(ask) {
      const answer = await client.get('/v1/me', me, ask);
      client.setCsrf(answer.csrf);
      return answer;
    },
    signOut: async () => {
      await client.post('/auth/logout', {}, z.unknown());
    },
    requests: async (ask) => (await client.get('/v1/requests', requestList, ask)).requests,
    request: (request, hold, ask) =>
      client.get(`/v1/requests/${id(request)}${hold === null ? '' : heldUntil(hold)}`, requestView, ask),
    decide: (request, what, body) => client.post(`/v1/requests/${id(request)}/${what}`, body, requestView),
    answerChange: (request, change, act, note) =>
      client.post(
        `/v1/requests/${id(request)}/changes/${id(change)}/${act}`,
        act === 'revoke' || note === '' ? {} : { note },
        requestView,
      ),
    told: (request, ask) => client.get(`/v1/requests/${id(request)}/told`, told, ask),
    queue: async (ask) => (await client.get('/v1/review/grants', queue, ask)).grants,
    grant: (grant, ask) => client.get(`/v1/review/grants/${id(grant)}`, reviewGrant, ask),
    // The answer is not used: the page reads the grant again, which shows the signed entry in its place.
    signOff: async (grant, body) => {
      await client.post(`/v1/review/grants/${id(grant)}/sign-off`, body, z.unknown());
    },
    open: (intent, body) => client.post(`/v1/review/statements/${id(intent)}/open`, body, disclosure),
    live: async (ask) => (await client.get('/v1/live', live, ask)).grants,
    stop: (body) => client.post('/v1/stop', body, stopAnswer),
    devices: (search, ask) => client.get(`/v1/devices${search === '' ? '' : `?q=${id(search)}`}`, devices, ask),
    revokeDevice: (jkt, body) => client.post(`/v1/devices/${id(jkt)}/revoke`, body, deviceRevoked),
    envelopes: (ask) => client.get('/v1/envelopes', envelopes, ask),
    askEnvelope: (body) => client.post('/v1/envelopes', body, envelopeView),
    confirmEnvelope: (envelope) => client.post(`/v1/envelopes/${id(envelope)}/confirm`, {}, envelopeConfirmed),
    withdrawEnvelope: (envelope, reason) =>
      client.post(`/v1/envelopes/${id(envelope)}/withdraw`, { reason }, envelopeView),
    bundle: (grant, ask) => client.stream(bundlePath(grant), ask),
    audits: (ask) => client.get('/v1/audits', auditList, ask),
    audit: (audit, ask) => client.get(`/v1/audits/${id(audit)}`, auditReport, ask),
  };
}
