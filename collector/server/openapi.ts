/** OpenAPI 3.1 of the `/v1` routes, generated from shared/api.ts. A test holds it against the routes that exist. */
import { z } from 'zod';
import * as api from '../../shared/api.ts';
import * as change from '../../shared/api-change.ts';
import * as envelope from '../../shared/api-envelope.ts';
import * as stop from '../../shared/api-stop.ts';
import { auditList, auditReport } from '../../shared/audits.ts';
import { told } from '../../shared/notify.ts';

interface Route {
  readonly method: 'get' | 'post';
  /** In OpenAPI's spelling: `/requests/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** `device`: DPoP token; `web`: cookie session; `either`; `none`. */
  readonly by: 'none' | 'device' | 'web' | 'either';
  readonly body?: z.ZodType;
  /** Body is one JSON value a line. */
  readonly lines?: boolean;
  /** Null: 204. A string: another content type than JSON. */
  readonly answer: z.ZodType | string | null;
}

const queue = z.object({ grants: z.array(api.queueItem) });

export const routes: readonly Route[] = [
  { method: 'get', path: '/openapi.json', summary: 'This document.', by: 'none', answer: z.looseObject({}) },
  {
    method: 'post',
    path: '/tokens',
    summary: 'Trade an ID token bound to the device key for a short collector token; enrols the device.',
    by: 'none',
    body: api.tokenRequest,
    answer: api.tokenResponse,
  },
  { method: 'get', path: '/me', summary: 'Who is signed in on the web pages.', by: 'web', answer: api.me },
  { method: 'get', path: '/options', summary: 'What this person may ask for.', by: 'either', answer: api.options },
  {
    method: 'post',
    path: '/requests',
    summary: 'Ask for access, or break the glass alone.',
    by: 'device',
    body: api.accessRequest,
    answer: api.requestView,
  },
  {
    method: 'get',
    path: '/envelopes',
    summary: 'Offline envelopes, and what may be sealed for whom.',
    by: 'either',
    answer: envelope.envelopes,
  },
  {
    method: 'post',
    path: '/envelopes',
    summary: 'Ask for an envelope; it is the first of its two confirmations.',
    by: 'web',
    body: envelope.envelopeAsk,
    answer: envelope.envelopeView,
  },
  {
    method: 'post',
    path: '/envelopes/{id}/confirm',
    summary: 'Confirm an envelope; the second confirmation seals it and is told the opening key, once.',
    by: 'web',
    answer: envelope.envelopeConfirmed,
  },
  {
    method: 'post',
    path: '/envelopes/{id}/withdraw',
    summary: 'Withdraw an envelope, and what it would have let in.',
    by: 'either',
    body: envelope.envelopeWithdrawal,
    answer: envelope.envelopeView,
  },
  {
    method: 'post',
    path: '/envelopes/key',
    summary: 'The key that envelopes for this device are sealed to.',
    by: 'device',
    body: envelope.envelopeKey,
    answer: null,
  },
  {
    method: 'get',
    path: '/envelopes/mine',
    summary: 'The envelopes that this device may open.',
    by: 'device',
    answer: envelope.deliveredEnvelopes,
  },
  {
    method: 'post',
    path: '/envelopes/opened',
    summary: 'Report an opening: a record signed by the device, which needs no sign-in.',
    by: 'none',
    body: envelope.openingReport,
    answer: envelope.openingHeard,
  },
  {
    method: 'get',
    path: '/requests',
    summary: 'Requests of this person or to be answered by them.',
    by: 'either',
    answer: api.requestList,
  },
  { method: 'get', path: '/requests/{id}', summary: 'One request.', by: 'either', answer: api.requestView },
  {
    method: 'get',
    path: '/requests/{id}/told',
    summary: 'Who was told about a request, and what became of each message.',
    by: 'either',
    answer: told,
  },
  {
    method: 'post',
    path: '/requests/{id}/approve',
    summary: 'Approve, or give less than was asked for.',
    by: 'either',
    body: api.approve,
    answer: api.requestView,
  },
  {
    method: 'post',
    path: '/requests/{id}/deny',
    summary: 'Deny.',
    by: 'either',
    body: api.decision,
    answer: api.requestView,
  },
  { method: 'post', path: '/requests/{id}/withdraw', summary: 'Withdraw.', by: 'device', answer: api.requestView },
  {
    method: 'post',
    path: '/requests/{id}/activate',
    summary: 'The grant and its credentials, told once.',
    by: 'device',
    answer: api.activation,
  },
  {
    method: 'get',
    path: '/requests/{id}/changes',
    summary: 'What may be changed about a live grant of one’s own.',
    by: 'either',
    answer: change.changeOptions,
  },
  {
    method: 'post',
    path: '/requests/{id}/changes',
    summary: 'Extend a live grant, or elevate it to write for some minutes; made at once where no approval is needed.',
    by: 'device',
    body: change.changeAsk,
    answer: api.requestView,
  },
  ...(['approve', 'deny'] as const).map((act) => ({
    method: 'post' as const,
    path: `/requests/{id}/changes/{change}/${act}`,
    summary: act === 'approve' ? 'Approve a change; the last approval makes it.' : 'Deny a change.',
    by: 'either' as const,
    body: api.decision,
    answer: api.requestView,
  })),
  ...(
    [
      ['withdraw', 'Withdraw a change that nobody answered.'],
      ['end', 'Give an elevation back.'],
      ['revoke', 'End somebody’s elevation; their grant goes on.'],
    ] as const
  ).map(([act, summary]) => ({
    method: 'post' as const,
    path: `/requests/{id}/changes/{change}/${act}`,
    summary,
    by: 'either' as const,
    answer: api.requestView,
  })),
  {
    method: 'post',
    path: '/requests/{id}/revoke',
    summary: 'End a live grant now.',
    by: 'either',
    body: api.decision,
    answer: api.endResponse,
  },
  { method: 'get', path: '/live', summary: 'Who has access now, and who may soon.', by: 'either', answer: stop.live },
  {
    method: 'post',
    path: '/stop',
    summary: 'End the live access of one grant, person, device or target, or all of it, and close what waits.',
    by: 'either',
    body: stop.stopRequest,
    answer: stop.stopAnswer,
  },
  {
    method: 'get',
    path: '/devices',
    summary: 'Enrolled devices: one’s own, or everybody’s for approvers, reviewers and operators. Query `q` searches.',
    by: 'either',
    answer: stop.devices,
  },
  {
    method: 'post',
    path: '/devices/{jkt}/revoke',
    summary: 'Take a device key out for good; ends its grants and closes its requests.',
    by: 'either',
    body: stop.deviceRevocation,
    answer: stop.deviceRevoked,
  },
  { method: 'post', path: '/requests/{id}/end', summary: 'Hand back.', by: 'either', answer: api.endResponse },
  {
    method: 'get',
    path: '/requests/{id}/bundle',
    summary: 'Evidence bundle of one’s own grant.',
    by: 'device',
    answer: 'application/x-ndjson',
  },
  {
    method: 'post',
    path: '/sessions/{sid}/entries',
    summary: 'Upload signed entries; answers with a receipt.',
    by: 'device',
    body: z.string(),
    lines: true,
    answer: api.receipt,
  },
  {
    method: 'get',
    path: '/sessions/{sid}',
    summary: 'Where a session stands in the ledger.',
    by: 'device',
    answer: api.sessionHead,
  },
  {
    method: 'post',
    path: '/sessions/{sid}/disclosures',
    summary: 'Upload sealed full texts.',
    by: 'device',
    body: api.sealed,
    lines: true,
    answer: null,
  },
  { method: 'get', path: '/review/grants', summary: 'The reviewers’ queue, by deadline.', by: 'web', answer: queue },
  {
    method: 'get',
    path: '/review/grants/{id}',
    summary: 'The timeline of a grant.',
    by: 'web',
    answer: api.reviewGrant,
  },
  {
    method: 'post',
    path: '/review/grants/{id}/sign-off',
    summary: 'Sign off.',
    by: 'web',
    body: api.signOff,
    answer: api.reviewGrant,
  },
  {
    method: 'get',
    path: '/review/grants/{id}/bundle',
    summary: 'Evidence bundle.',
    by: 'web',
    answer: 'application/x-ndjson',
  },
  {
    method: 'post',
    path: '/review/statements/{intent}/open',
    summary: 'Open a sealed full text; writes a disclosure entry first.',
    by: 'web',
    body: api.disclosureRequest,
    answer: api.disclosure,
  },
  { method: 'get', path: '/audits', summary: 'Periodic audits, newest first.', by: 'either', answer: auditList },
  {
    method: 'get',
    path: '/audits/{id}',
    summary: 'One audit; `running` is the period that has not ended, read now.',
    by: 'either',
    answer: auditReport,
  },
  { method: 'get', path: '/audits/{id}/{file}', summary: 'One table of it as CSV.', by: 'either', answer: 'text/csv' },
];

const schema = (type: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' });
  return rest;
};

const problemContent = {
  description: 'Refused',
  content: { 'application/problem+json': { schema: schema(api.problem) } },
};

function answerOf(answer: Route['answer']): object {
  if (answer === null) return { '204': { description: 'Stored' } };
  const content = typeof answer === 'string' ? { [answer]: {} } : { 'application/json': { schema: schema(answer) } };
  return { '200': { description: 'Done', content } };
}

const SECURITY = {
  none: [],
  device: [{ dpop: [] }],
  web: [{ cookie: [] }],
  either: [{ dpop: [] }, { cookie: [] }],
};

function operation(route: Route): object {
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const type = route.lines === true ? 'application/x-ndjson' : 'application/json';
  return {
    summary: route.summary,
    security: SECURITY[route.by],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { [type]: { schema: schema(route.body) } } } }),
    responses: { ...answerOf(route.answer), default: problemContent },
  };
}

export function openApi(publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: { title: 'Vitrine collector', version: '1', description: 'Refusals are problem details (RFC 9457).' },
    servers: [{ url: `${publicUrl}/v1` }],
    paths,
    components: {
      securitySchemes: {
        dpop: { type: 'http', scheme: 'DPoP', description: 'RFC 9449 token from POST /tokens, with a proof.' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'vitrine_session' },
      },
    },
  };
}
