/** Every call these pages make, by name. Paths and shapes are those of `shared/api.ts`. */
import { z } from 'zod';
import {
  type decision,
  disclosure,
  type disclosureRequest,
  me,
  queueItem,
  type RequestView,
  requestView,
  reviewGrant,
  type signOff,
} from '../../../shared/api.ts';
import type { Ask, Client, Now } from './client.ts';

const requestList = z.object({ requests: z.array(requestView) });
const queue = z.object({ grants: z.array(queueItem) });
const id = encodeURIComponent;

export interface Calls {
  readonly now: Now;
  me(ask?: Ask): Promise<z.infer<typeof me>>;
  signOut(): Promise<void>;
  requests(ask?: Ask): Promise<RequestView[]>;
  /** With `not`, answers when the state is another one, or after `wait` seconds with the same. */
  request(request: string, hold: { wait: number; not: string } | null, ask?: Ask): Promise<RequestView>;
  decide(request: string, what: 'approve' | 'deny', body: z.input<typeof decision>): Promise<RequestView>;
  queue(ask?: Ask): Promise<z.infer<typeof queueItem>[]>;
  grant(grant: string, ask?: Ask): Promise<z.infer<typeof reviewGrant>>;
  signOff(grant: string, body: z.input<typeof signOff>): Promise<void>;
  open(intent: string, body: z.input<typeof disclosureRequest>): Promise<z.infer<typeof disclosure>>;
  bundle(grant: string, ask?: Ask): Promise<Response>;
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
      client.get(
        `/v1/requests/${id(request)}${hold === null ? '' : `?wait=${hold.wait}&not=${id(hold.not)}`}`,
        requestView,
        ask,
      ),
    decide: (request, what, body) => client.post(`/v1/requests/${id(request)}/${what}`, body, requestView),
    queue: async (ask) => (await client.get('/v1/review/grants', queue, ask)).grants,
    grant: (grant, ask) => client.get(`/v1/review/grants/${id(grant)}`, reviewGrant, ask),
    // The answer is not used: the page reads the grant again, which shows the signed entry in its place.
    signOff: async (grant, body) => {
      await client.post(`/v1/review/grants/${id(grant)}/sign-off`, body, z.unknown());
    },
    open: (intent, body) => client.post(`/v1/review/statements/${id(intent)}/open`, body, disclosure),
    bundle: (grant, ask) => client.stream(bundlePath(grant), ask),
  };
}
