/**
 * The one contract between the app, the review desk and the collector: every route under `/v1`, its input and its
 * answer (zod), plus the problem details of RFC 9457 that every refusal carries. The collector generates OpenAPI from
 * this table. (I6)
 */
import { z } from 'zod';
import { changeEnd, changeKind, changeView } from './api-change.ts';
import { scopeCheck } from './api-check.ts';
import { publicJwk, verdict } from './audit/records.ts';
import {
  approval,
  endReason,
  environment,
  grantState,
  hash,
  id128,
  limits,
  mode,
  reason,
  requirement,
  role,
  scope,
  severityId,
  targetId,
  ticketId,
  timestamp,
} from './grants.ts';
import { stepUp } from './step-up-schema.ts';

/** RFC 9457. `code` is stable and short; `field` names the offending input; `hint` says what to do next. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  field: z.string().optional(),
  hint: z.string().optional(),
  /** Set by the entry upload on 409 `gap`: where to resume. */
  next_seq: z.int().optional(),
  head: hash.nullable().optional(),
  /** Set on 401 `step_up_required`, as in `www-authenticate` (RFC 9470): seconds, and the class that is asked for. */
  max_age: z.int().positive().optional(),
  acr_values: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

/** `GET /.well-known/vitrine`: everything a client needs to begin. */
export const discovery = z.object({
  name: z.string(),
  issuer: z.url(),
  client_id: z.string(),
  /** Space-separated scopes to ask the identity provider for. */
  oidc_scope: z.string(),
  /** Base address of the API, ending in `/v1`. */
  api: z.url(),
  /** C2SP note verifier key of the ledger: `<origin>+<hash>+<key>`. */
  ledger_vkey: z.string(),
  /** Signs grants. */
  grant_key: publicJwk,
  /** Signs collector entries. */
  entry_key: publicJwk,
  now: timestamp,
});
export type Discovery = z.infer<typeof discovery>;

export const person = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string().optional(),
  roles: z.array(role),
});
export type Person = z.infer<typeof person>;

/**
 * `POST /v1/tokens`, with a DPoP proof (RFC 9449) of the device key. The ID token's nonce must equal
 * base64url(SHA-256(JCS({jkt, salt}))); the collector checks it, the signature, issuer, audience, and expiry.
 */
export const tokenRequest = z.strictObject({
  id_token: z.string().max(16_384),
  /** 128 random bits that went into the nonce. */
  salt: id128,
  device: z.strictObject({ name: z.string().max(120), os: z.string().max(60), app: z.string().max(60) }),
});
export const tokenResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('DPoP'),
  expires_in: z.int(),
  person,
});

/** One severity as the person may use it on one target with one scope; what the request form shows before sending. */
export const severityOption = z.object({
  id: severityId,
  label: z.string(),
  /** One line under the label: `30 min, alone`. */
  summary: z.string(),
  max_minutes: z.int(),
  default_minutes: z.int(),
  approvals: z.int(),
  /** From whom; left out by a collector that knows no groups. */
  approvals_from: z.array(requirement).optional(),
  alone: z.boolean(),
  /** Hours until the review is due; null where none becomes due. */
  review_hours: z.int().nullable(),
  /** Whose sign-in has to be fresh; left out where nobody's has to. */
  step_up: stepUp.optional(),
  limits,
  /**
   * Who sees it at once on the collector's pages, and labels of the channels that a message goes to when the engineer goes
   * in alone, and when they ask for approval.
   */
  told: z.object({
    approvers: z.int(),
    reviewers: z.int(),
    alone: z.array(z.string()),
    asked: z.array(z.string()),
  }),
  /** Why this person cannot use it now; null when they can. */
  refused: z.string().nullable(),
});
export const scopeOption = z.object({
  id: z.string(),
  label: z.string(),
  mode,
  /** Plain words: `Read 7 tables; customers without email, phone`. */
  summary: z.string(),
  scope,
  severities: z.array(severityOption),
  /** What the target says to this scope; left out by a collector that does not look ahead. */
  check: scopeCheck.optional(),
});
export const targetOption = z.object({
  id: targetId,
  label: z.string(),
  environment,
  database: z.string(),
  scopes: z.array(scopeOption),
});
/** `GET /v1/options` */
export const options = z.object({ policy: hash, targets: z.array(targetOption), overdue_reviews: z.int() });
export type Options = z.infer<typeof options>;
export type TargetOption = z.infer<typeof targetOption>;
export type ScopeOption = z.infer<typeof scopeOption>;
export type SeverityOption = z.infer<typeof severityOption>;

/** `POST /v1/requests` */
export const accessRequest = z.strictObject({
  target: targetId,
  scope: z.string().min(1).max(64),
  severity: severityId,
  ticket: ticketId,
  reason,
  minutes: z
    .int()
    .min(1)
    .max(24 * 60),
  /** Break the glass alone where policy allows it; false asks for approval. */
  alone: z.boolean(),
});
export type AccessRequest = z.infer<typeof accessRequest>;

/** An approval, with what its giver left out of the request. */
export const givenApproval = approval.extend({
  /** Fewer than asked for. */
  minutes: z.int().optional(),
  /** Label of the narrower scope. */
  scope: z.string().optional(),
  /** Names of tables, `schema.table`, that were left out. */
  without: z.array(z.string()).optional(),
});

/** One request and the grant that may have come of it. `GET /v1/requests/:id[?wait=seconds&not=state&since=version]` */
export const requestView = z.object({
  id: id128,
  state: grantState,
  by: person,
  target: z.object({ id: targetId, label: z.string(), environment }),
  scope,
  severity: severityId,
  ticket: ticketId,
  reason: z.string(),
  minutes: z.int(),
  alone: z.boolean(),
  approvals_needed: z.int(),
  /** Whose sign-in has to be fresh. */
  step_up: stepUp.optional(),
  approvals: z.array(givenApproval),
  /** What is still missing, and the names of those who could give it. */
  approvals_missing: z.array(requirement.extend({ people: z.array(z.string()) })).optional(),
  /** Why an approval of the person who reads this would be refused; null where it would count. */
  approval_refused: z.string().nullable().optional(),
  /** What was asked for, where an approver gave less: `minutes` and `scope` are then what was given. */
  asked: z.object({ minutes: z.int(), scope }).optional(),
  /** Scopes of the policy that an approver may give instead: each allows less than the one that was asked for. */
  narrower: z.array(scope).optional(),
  /** What the target says to the scope, while the request is not open yet. */
  check: scopeCheck.optional(),
  /** Hash of what an approver decides on. Sent back with an approval, it is refused once this has become something else. */
  digest: hash.optional(),
  /** What was changed while it lived, or was to be; oldest first. */
  changes: z.array(changeView).optional(),
  /** Grows with every change of the request; sent back as `since`, the answer waits for the next one. */
  version: z.int().optional(),
  /** It came out of an offline envelope. */
  offline: z.boolean().optional(),
  /** Who may approve, by name. */
  approvers: z.array(z.string()),
  /** Why it was denied, in the approver's words. */
  note: z.string().nullable(),
  created_at: timestamp,
  /** When an unanswered request lapses, or an approved one that was never activated. */
  lapses_at: timestamp,
  activated_at: timestamp.nullable(),
  /** The deadline. */
  expires_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  end_reason: endReason.nullable(),
  /** Who ended it, for revocations. */
  ended_by: z.string().nullable(),
  review: z.object({ state: z.enum(['none', 'due', 'overdue', 'signed']), due_at: timestamp.nullable() }),
  /** Page where an approver answers. */
  url: z.url(),
});
export type RequestView = z.infer<typeof requestView>;

/**
 * `GET /v1/requests[?wait=seconds&seen=revision]`: with `seen`, answers once the list is another one, or after `wait`
 * seconds with the same.
 */
export const requestList = z.object({
  requests: z.array(requestView),
  /** Changes with every change of what is listed; left out by a collector that does not wait. */
  revision: hash.optional(),
});
export type RequestList = z.infer<typeof requestList>;

/** `POST /v1/requests/:id/activate`: the signed grant and the credentials of its ephemeral role, told exactly once. */
export const activation = z.object({
  grant: z.string(),
  connection: z.object({
    host: z.string(),
    port: z.int(),
    database: z.string(),
    user: z.string(),
    password: z.string(),
    tls: z.object({
      mode: z.enum(['verify-full', 'disable']),
      /** PEM certificates to trust; empty means the system's. */
      ca: z.string(),
      server_name: z.string(),
    }),
  }),
  /** The collector's clock when it answered. */
  now: timestamp,
  expires_at: timestamp,
});
export type Activation = z.infer<typeof activation>;

/** `POST /v1/requests/:id/deny` */
export const decision = z.strictObject({ note: z.string().trim().max(500).optional() });
/** `POST /v1/requests/:id/approve`. What is left out is given as it was asked for. */
export const approve = decision.extend({
  /** `digest` of the request that was looked at. */
  digest: hash.optional(),
  /** At most as many as were asked for. */
  minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .optional(),
  /** Id of one of the request's `narrower` scopes. */
  scope: z.string().min(1).max(64).optional(),
  /** Tables of the scope to leave out, `schema.table`. */
  without: z.array(z.string().min(3).max(127)).min(1).max(500).optional(),
});
/** `POST /v1/requests/:id/end` (hand back): answered when the role is gone from the database. */
export const endResponse = z.object({ request: requestView, gone_ms: z.int() });

/**
 * `POST /v1/sessions/:sid/entries`: NDJSON, one envelope a line, contiguous `seq`, at most 256 lines or 1 MiB.
 * Query `from_size`: size of the newest checkpoint that the client has verified.
 */
export const receipt = z.object({
  /** Next `seq` that the collector expects in this session. */
  next_seq: z.int(),
  /** Ledger index and `seq` of the last entry of this batch. */
  index: z.int(),
  seq: z.int(),
  /** Signed note (C2SP checkpoint). */
  checkpoint: z.string(),
  /** Inclusion proof of the last entry in that checkpoint; base64url hashes. */
  inclusion: z.array(hash),
  /** Consistency proof from `from_size` to that checkpoint; empty when `from_size` is 0 or equal. */
  consistency: z.array(hash),
});
export type Receipt = z.infer<typeof receipt>;
export const MAX_BATCH_ENTRIES = 256;
export const MAX_BATCH_BYTES = 1024 * 1024;

/** `GET /v1/sessions/:sid` */
export const sessionHead = z.object({ next_seq: z.int(), head: hash.nullable() });

/** One line of a grant's timeline on the review desk. `index` is its place in the ledger. */
const line = { index: z.int().nullable(), at: timestamp };
export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({
    ...line,
    kind: z.literal('request'),
    alone: z.boolean(),
    by: z.string(),
    reason: z.string(),
    auth_age_s: z.int().nullable(),
    /** How they had signed in, where the provider says. */
    acr: z.string().optional(),
  }),
  z.object({
    ...line,
    kind: z.literal('decision'),
    decision: z.enum(['approved', 'denied', 'withdrawn', 'lapsed']),
    by: z.string().nullable(),
    note: z.string().nullable(),
    /** The kind of change that it is about; left out: the request itself. */
    change: changeKind.optional(),
    /** What an approval gave less: minutes left, scope left, tables left out. */
    minutes: z.int().optional(),
    scope: z.string().optional(),
    without: z.array(z.string()).optional(),
    /** Seconds from their sign-in, where it was kept. */
    auth_age_s: z.int().optional(),
    acr: z.string().optional(),
  }),
  z.object({ ...line, kind: z.literal('grant'), until: timestamp, auth_age_s: z.int().optional() }),
  z.object({
    ...line,
    kind: z.literal('change'),
    change: changeKind,
    event: z.enum(['asked', 'made', 'ended']),
    by: z.string().nullable(),
    alone: z.boolean(),
    reason: z.string(),
    minutes: z.int(),
    /** Names of tables that an elevation writes to. */
    tables: z.array(z.string()),
    until: timestamp.nullable(),
    why: changeEnd.nullable(),
    gone_ms: z.int().nullable(),
    terminated: z.int(),
  }),
  z.object({
    ...line,
    kind: z.literal('activation'),
    role: z.string(),
    tables: z.int(),
    mode,
    until: timestamp,
    verified: z.boolean(),
  }),
  z.object({
    ...line,
    kind: z.literal('session'),
    sid: id128,
    event: z.enum(['opened', 'closed']),
    reason: z.string().nullable(),
    pid: z.int().nullable(),
    origin: z.string().nullable(),
  }),
  z.object({
    ...line,
    kind: z.literal('statement'),
    sid: id128,
    intent: id128,
    statement: z.string(),
    origin: z.enum(['user', 'introspection', 'driver', 'port']),
    norm: z.string().nullable(),
    writes: z.boolean(),
    tx: z.enum(['idle', 'transaction', 'failed']),
    outcome: z
      .object({
        index: z.int(),
        result: z.enum(['ok', 'error', 'cancelled', 'unknown', 'not_sent']),
        sqlstate: z.string().nullable(),
        tag: z.string().nullable(),
        rows: z.int(),
        bytes: z.int(),
        ms: z.number().nullable(),
      })
      .nullable(),
    verdict: verdict.nullable(),
    /** The full text is held sealed and can be opened with a reason. */
    sealed: z.boolean(),
  }),
  z.object({
    ...line,
    kind: z.literal('notice'),
    notice: z.string(),
    code: z.string().nullable(),
    norm: z.string().nullable(),
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
  }),
  z.object({ ...line, kind: z.literal('fault'), fault: z.string(), detail: z.string() }),
  z.object({
    ...line,
    kind: z.literal('end'),
    why: endReason,
    by: z.string().nullable(),
    gone_ms: z.int(),
    terminated: z.int(),
  }),
  z.object({
    ...line,
    kind: z.literal('review'),
    by: z.string(),
    outcome: z.enum(['accepted', 'followup']),
    note: z.string(),
  }),
  z.object({
    ...line,
    kind: z.literal('envelope'),
    /** `asked` and `confirmed` by approvers, `opened` on the device, `rotated` and the rest by the collector. */
    event: z.enum(['asked', 'confirmed', 'opened', 'rotated', 'withdrawn', 'expired', 'lapsed', 'failed']),
    by: z.string().nullable(),
    reason: z.string().nullable(),
    minutes: z.int().nullable(),
  }),
  z.object({ ...line, kind: z.literal('alert'), alert: z.string(), detail: z.string() }),
]);
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** One row of the reviewers' queue. `GET /v1/review/grants` → `{grants: queueItem[]}` by deadline. */
export const queueItem = z.object({
  request: requestView,
  statements: z.int(),
  rows_read: z.int(),
  rows_changed: z.int(),
  gone_ms: z.int().nullable(),
  alerts: z.int(),
});
export type QueueItem = z.infer<typeof queueItem>;
/** `GET /v1/review/grants/:id` */
export const reviewGrant = z.object({
  item: queueItem,
  used_s: z.int(),
  denied: z.int(),
  timeline: z.array(timelineEntry),
  /** Facts for the completeness panel; the page recomputes them from the bundle. */
  tree_size: z.int(),
});
export type ReviewGrant = z.infer<typeof reviewGrant>;
/** `POST /v1/review/grants/:id/sign-off` */
export const signOff = z.strictObject({
  outcome: z.enum(['accepted', 'followup']),
  note: z.string().trim().min(1).max(2000),
  verdicts: z.record(id128, verdict),
  /** `tree_size` of the timeline that the reviewer read; refused with 409 when entries came after it. */
  seen: z.int(),
});
/** `POST /v1/review/statements/:intent/open`: writes a `disclosure` entry, then answers with the full text. */
export const disclosureRequest = z.strictObject({ reason: z.string().trim().min(8).max(500) });
export const disclosure = z.object({ sql: z.string(), parameters: z.array(z.string().nullable()).nullable() });
/** `GET /v1/review/grants/:id/bundle`: `application/x-ndjson`, see `docs/record-format.md`. */

/** `GET /v1/me` for the web pages (cookie session). `csrf` goes into the `x-vitrine-csrf` header of every POST. */
export const me = z.object({ person, csrf: z.string() });
export type Me = z.infer<typeof me>;

/** The sealed full text of one intent, sent beside an entry batch, outside the tree (docs/record-format.md, 5). */
export const sealed = z.strictObject({
  i: id128,
  /** base64url(JSON [salt, "sql", text]) */
  sql: z.string(),
  /** base64url(JSON [salt, "par", [text | null, …]]) or null */
  par: z.string().nullable(),
});
/** `POST /v1/sessions/:sid/disclosures`: NDJSON of `sealed`; each must match the commitment of its intent. */
