/**
 * Every record that can stand in the ledger: the payload of one DSSE envelope, in RFC 8785 form (I2, I4).
 * Device records are signed by the engineer's device key, collector records by the collector's entry key.
 * `docs/record-format.md` is the prose of this file. A payload with an unknown key is refused.
 */
import { z } from 'zod';
import { changeEnd, changeKind } from '../api-change.ts';
import {
  base64url,
  endReason,
  hash,
  id128,
  limits,
  requirement,
  scope,
  severityId,
  targetId,
  ticketId,
  timestamp,
} from '../grants.ts';
import { signIn, stepUp } from '../step-up-schema.ts';

export const PAYLOAD_TYPE = 'application/vnd.vitrine.record.v1+json';
/** Longest envelope line in bytes, without the newline. */
export const MAX_ENVELOPE_BYTES = 16 * 1024;

const count = z.int().nonnegative();
/** Milliseconds on the device's monotonic clock since the session opened. */
const mono = z.int().nonnegative();

export const publicJwk = z.union([
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: base64url }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: base64url, y: base64url }),
]);
export type PublicJwk = z.infer<typeof publicJwk>;

/** Newest checkpoint that the device had verified when it signed: `{size: 0, root: SHA-256("")}` before the first. */
export const ack = z.strictObject({ size: count, root: hash });

const deviceCommon = {
  v: z.literal(1),
  /** RFC 7638 thumbprint of the device key. */
  dev: hash,
  /** Ordinal of this session on this device, from 0, no gaps. */
  devn: count,
  /** Session: one backend connection to the target. */
  sid: id128,
  /** From 0 in each session, no gaps. */
  seq: count,
  /** Leaf hash of the session's entry before this one; null at seq 0. */
  prev: hash.nullable(),
  t: timestamp,
  mono,
  gid: id128,
  ack,
};

/** What kind of statement the real parser saw; `unparsed` where it saw none. */
export const statementKind = z.enum([
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'copy',
  'ddl',
  'transaction',
  'set',
  'explain',
  'prepare',
  'execute',
  'call',
  'do',
  'utility',
  'multi',
  'function',
  'empty',
  'unparsed',
]);
export type StatementKind = z.infer<typeof statementKind>;

export const sessionOpen = z.strictObject({
  ...deviceCommon,
  typ: z.literal('session.open'),
  pub: publicJwk,
  /** SHA-256 of the grant JWS (ASCII). */
  grant: hash,
  /** SHA-256 of the ID token (ASCII). */
  idt: hash,
  app: z.strictObject({ version: z.string(), build: z.string() }),
  target: z.strictObject({
    id: targetId,
    host: z.string(),
    port: z.int(),
    database: z.string(),
    role: z.string(),
    server_version: z.string(),
    /** SHA-256 of the server's DER certificate; null where the connection has no TLS. */
    cert: hash.nullable(),
    pid: z.int(),
    client_port: z.int(),
  }),
  limits,
});

export const intent = z.strictObject({
  ...deviceCommon,
  typ: z.literal('intent'),
  /** Intent id, also in the statement's `/*vitrine:<i>*` + `/` tag. */
  i: id128,
  /** Which wire message it permits: a Query, a Parse, a Bind+Execute, or a FunctionCall. */
  op: z.enum(['query', 'parse', 'execute', 'function']),
  /** For `execute`: the intent of its Parse. */
  of: id128.nullable(),
  kind: statementKind,
  /** Top-level statements in the text. */
  n: count,
  /** libpg-query fingerprint, hex; null where the text does not parse. */
  fp: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  /** Normalised SQL, comments stripped; only for kinds where the normaliser leaves no literal (docs/record-format.md, 5). */
  norm: z.string().max(8192).nullable(),
  /** Commitment to the full text. */
  sql: hash.nullable(),
  /** Commitment to the parameters; null where there are none. */
  par: hash.nullable(),
  /** Bytes of the text, rounded up to a power of two. */
  size: count,
  tx: z.enum(['idle', 'transaction', 'failed']),
  origin: z.enum(['user', 'introspection', 'driver', 'port']),
});

export const outcome = z.strictObject({
  ...deviceCommon,
  typ: z.literal('outcome'),
  of: id128,
  result: z.enum(['ok', 'error', 'cancelled', 'unknown', 'not_sent']),
  sqlstate: z
    .string()
    .regex(/^[0-9A-Z]{5}$/)
    .nullable(),
  /** Command tags as the server gave them, joined with `; ` where a text held several statements. */
  tag: z.string().max(256).nullable(),
  rows: count,
  bytes: count,
  /** Sent and finished, on the session's monotonic clock; null when never sent or never known. */
  start: mono.nullable(),
  end: mono.nullable(),
});

export const notice = z.strictObject({
  ...deviceCommon,
  typ: z.literal('notice'),
  kind: z.enum(['refused', 'confirmed', 'export', 'elevated', 'extended']),
  /** The intent or statement that it is about, where there is one. */
  of: id128.nullable(),
  /** For `refused` and `confirmed`: the rule, a short code such as `after_deadline`. */
  code: z.string().max(64).nullable(),
  fp: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  norm: z.string().max(8192).nullable(),
  rows: count.nullable(),
  bytes: count.nullable(),
});

export const heartbeat = z.strictObject({ ...deviceCommon, typ: z.literal('heartbeat'), unacked: count, idle: mono });

export const sessionClose = z.strictObject({
  ...deviceCommon,
  typ: z.literal('session.close'),
  reason: z.enum(['expired', 'handed_back', 'revoked', 'disconnected', 'failed', 'recovered']),
  intents: count,
  rows: count,
  bytes: count,
  /** Milliseconds from the deadline to the closed connection; null when it closed before the deadline. */
  delay: z.int().nullable(),
});

export const keyRotate = z.strictObject({
  ...deviceCommon,
  typ: z.literal('key.rotate'),
  pub: publicJwk,
  /** Signature of the new key over `dev|sid|seq`, base64url. */
  sig: base64url,
});

export const fault = z.strictObject({
  ...deviceCommon,
  typ: z.literal('fault'),
  kind: z.enum(['torn_tail', 'sync_failed', 'clock_jump', 'recovered', 'abandoned']),
  /** For `abandoned`: the session that this device can no longer sign for. */
  other: id128.nullable(),
  detail: z.string().max(256),
});

export const deviceRecord = z.discriminatedUnion('typ', [
  sessionOpen,
  intent,
  outcome,
  notice,
  heartbeat,
  sessionClose,
  keyRotate,
  fault,
]);
export type DeviceRecord = z.infer<typeof deviceRecord>;
export type SessionOpen = z.infer<typeof sessionOpen>;
export type Intent = z.infer<typeof intent>;
export type Outcome = z.infer<typeof outcome>;
export type Notice = z.infer<typeof notice>;
export type SessionClose = z.infer<typeof sessionClose>;

/**
 * An offline envelope was opened on its device (docs/decisions/029). It stands alone, because it comes before any connection:
 * no session, no `prev`; it is durable before what the envelope holds is used, and is uploaded before anything else.
 */
export const envelopeOpened = z.strictObject({
  v: z.literal(1),
  typ: z.literal('envelope.opened'),
  /** Thumbprint of the device key that signs. */
  dev: hash,
  pub: publicJwk,
  /** The envelope, which is also the grant in it. */
  gid: id128,
  /** 128 random bits: two openings of one envelope are never the same record. */
  oid: id128,
  t: timestamp,
  /** SHA-256 of the grant JWS (ASCII). */
  grant: hash,
  /** SHA-256 of the newest ID token that this device had traded. */
  idt: hash,
  /** Which of the one-time codes opened it. */
  slot: count,
  ticket: ticketId,
  reason: z.string().min(1).max(500),
  ack,
});
export type EnvelopeOpened = z.infer<typeof envelopeOpened>;

const collectorCommon = {
  v: z.literal(1),
  /** Thumbprint of the collector's entry key. */ col: hash,
  t: timestamp,
  gid: id128.nullable(),
};
/** A person as the collector knew them at that moment; `idt` is the SHA-256 of the ID token that proved it. */
const actor = z.strictObject({ sub: z.string(), name: z.string(), idt: hash.nullable() });

export const requestRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('request'),
  by: actor,
  /** Thumbprint of the device that asked. */
  dev: hash,
  target: targetId,
  scope: z.string(),
  severity: severityId,
  ticket: ticketId,
  reason: z.string(),
  minutes: z.int().positive(),
  /** The engineer broke the glass alone. */
  alone: z.boolean(),
  policy: hash,
  /** Whose approvals it needs, where it matters whose they are. */
  approvals: z.array(requirement).optional(),
  /** What the severity asked of sign-ins then: of whom, how fresh, how strong. */
  step_up: stepUp.optional(),
  /** How and when `by` had signed in. */
  auth: signIn.optional(),
});
export const decisionRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('decision'),
  by: actor.nullable(),
  decision: z.enum(['approved', 'denied', 'withdrawn', 'lapsed']),
  note: z.string().max(500).nullable(),
  /** For `approved`, where the request names groups: those of the approver that it names. */
  groups: z.array(z.string()).optional(),
  /** For `approved`, where it gave less than was asked for: the minutes that are left, the id of the scope … */
  minutes: z.int().positive().optional(),
  scope: z.string().optional(),
  /** … the tables that this approval left out, `schema.table` … */
  without: z.array(z.string()).optional(),
  /** … and the hash of what is left: SHA-256 of the canonical form of the scope that the grant then carries. */
  scope_hash: hash.optional(),
  /** Id of the change that it is about; left out: the request itself. */
  of: id128.optional(),
  /** How and when `by` had signed in. */
  auth: signIn.optional(),
});
/** Written before the grant's credentials exist. */
export const grantRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('grant'),
  jws: z.string(),
  /** Who activated it, with which sign-in; left out by collectors that did not keep it. */
  by: actor.optional(),
  auth: signIn.optional(),
});
export const activationRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('activation'),
  role: z.string(),
  tables: count,
  until: timestamp,
  /** The database was asked what the role can do and it matched the scope. */
  verified: z.boolean(),
});
export const receiptRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('receipt'),
  sid: id128,
  from: count,
  to: count,
  head: hash,
});
export const endRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('revoked'),
  by: actor.nullable(),
  why: endReason,
  /** Milliseconds from the end (deadline, hand back, revocation) until the role's backends and the role were gone. */
  gone_ms: count,
  /** Backends that the collector had to terminate. */
  terminated: count,
});
/** Access was ended at once; `gid` is null, because each grant that it ended has a record of its own. */
export const stopRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('stop'),
  by: actor,
  what: z.enum(['grant', 'person', 'device', 'target', 'everything']),
  /** Grant id, `sub`, device thumbprint or target id; null for everything. */
  id: z.string().max(255).nullable(),
  reason: z.string().min(1).max(500),
  /** Live grants whose end it began. */
  ended: count,
  /** Requests that it closed before they were activated. */
  closed: count,
});
/** A device key that opens nothing any more, for good; what it had open ended with it. `gid` is null. */
export const deviceRevokedRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('device.revoked'),
  by: actor,
  dev: hash,
  /** Whose device it was. */
  sub: z.string(),
  reason: z.string().min(1).max(500),
  ended: count,
  closed: count,
});
/** Somebody asked for a change of their live grant. */
export const changeRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('change'),
  by: actor,
  /** Thumbprint of the device that asked: the one that holds the grant. */
  dev: hash,
  id: id128,
  kind: changeKind,
  minutes: z.int().positive(),
  reason: z.string(),
  /** What an elevation adds; null for an extension. */
  scope: scope.nullable(),
  /** The engineer approved it, as the policy allows. */
  alone: z.boolean(),
  policy: hash,
  approvals: z.array(requirement),
  /** How and when `by` had signed in. */
  auth: signIn.optional(),
});
/** Written before the privileges exist. An extension is a further `grant` record instead. */
export const elevationRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('elevation'),
  of: id128,
  jws: z.string(),
});
export const changeMadeRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('change.made'),
  of: id128,
  kind: changeKind,
  /** Tables that it is about; 0 for an extension. */
  tables: count,
  until: timestamp,
});
/** The privileges of an elevation are gone, or a change could not be made. */
export const changeEndRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('change.end'),
  of: id128,
  kind: changeKind,
  by: actor.nullable(),
  why: changeEnd,
  /** Milliseconds from the end until the privileges, and what was open under them, were gone. */
  gone_ms: count,
  /** Backends that the collector had to terminate. */
  terminated: count,
});
export const verdict = z.enum(['expected', 'ask', 'wrong']);
export const reviewRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('review'),
  by: actor,
  outcome: z.enum(['accepted', 'followup']),
  note: z.string().max(2000),
  /** Verdicts per intent id. */
  verdicts: z.record(id128, verdict),
  /** Tree size that the reviewer had before them. */
  seen: count,
});
export const disclosureRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('disclosure'),
  by: actor,
  of: id128,
  reason: z.string().min(8).max(500),
});
export const policyRecord = z.strictObject({ ...collectorCommon, typ: z.literal('policy'), policy: hash });
/** A periodic audit was written: the SHA-256 of its bytes, how much was asked for in it and how much needs a look. */
export const auditRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('audit'),
  from: timestamp,
  until: timestamp,
  digest: hash,
  grants: count,
  findings: count,
});
/** Somebody asks that access is sealed for one device; `gid` is the envelope's id and will be the grant's. */
export const envelopeAskedRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('envelope.asked'),
  by: actor,
  /** Who will hold it; `idt` is the newest ID token of the device. */
  holder: actor,
  dev: hash,
  target: targetId,
  scope: z.string(),
  severity: severityId,
  /** Longest time after the opening. */
  minutes: z.int().positive(),
  /** How long it can be opened, once it is sealed. */
  days: z.int().positive(),
  reason: z.string(),
  policy: hash,
});
/** Two of these, by two people who are not the holder, stand before the grant. */
export const envelopeConfirmedRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('envelope.confirmed'),
  by: actor,
});
/** Nothing can be opened with it any more; `rotated`: it was opened, and what was in it lets nobody in from now on. */
export const envelopeEndedRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('envelope.ended'),
  by: actor.nullable(),
  why: z.enum(['rotated', 'withdrawn', 'expired', 'lapsed', 'failed']),
  reason: z.string().max(500).nullable(),
});
export const alertRecord = z.strictObject({
  ...collectorCommon,
  typ: z.literal('alert'),
  kind: z.string().max(32),
  sid: id128.nullable(),
  seq: count.nullable(),
  detail: z.string().max(500),
});

export const collectorRecord = z.discriminatedUnion('typ', [
  requestRecord,
  decisionRecord,
  grantRecord,
  activationRecord,
  receiptRecord,
  endRecord,
  changeRecord,
  elevationRecord,
  changeMadeRecord,
  changeEndRecord,
  stopRecord,
  deviceRevokedRecord,
  reviewRecord,
  disclosureRecord,
  policyRecord,
  auditRecord,
  envelopeAskedRecord,
  envelopeConfirmedRecord,
  envelopeEndedRecord,
  alertRecord,
]);
export type CollectorRecord = z.infer<typeof collectorRecord>;
export type AnyRecord = DeviceRecord | EnvelopeOpened | CollectorRecord;

/** `{"payload": …, "payloadType": …, "signatures": [{"keyid": …, "sig": …}]}`, exactly one signature. */
export const envelope = z.strictObject({
  payload: z.base64(),
  payloadType: z.literal(PAYLOAD_TYPE),
  signatures: z.tuple([z.strictObject({ keyid: hash, sig: z.base64() })]),
});
export type Envelope = z.infer<typeof envelope>;
