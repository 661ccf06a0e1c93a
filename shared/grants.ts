/**
 * The words that the whole house shares about access: severities, scopes, targets and the claims of a grant.
 * Pure data shapes; no behaviour that touches a clock, a socket or a disk. (I3, I6)
 */
import { z } from 'zod';

/** Base64url without padding, the encoding of every hash, id and key thumbprint in this project. */
export const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);
/** 32 bytes (SHA-256, RFC 7638 thumbprint, RFC 6962 leaf or root), 43 characters. */
export const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** 128 random bits, 22 characters: ids of grants, requests, sessions and intents. */
export const id128 = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
/** RFC 3339, UTC, exactly milliseconds: `2026-11-23T14:02:11.000Z`. */
export const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** A PostgreSQL identifier as it stands in the catalog (not quoted): 1 to 63 bytes are enforced where it is used. */
export const identifier = z.string().min(1).max(63);

export const role = z.enum(['engineer', 'approver', 'reviewer', 'operator']);
export type Role = z.infer<typeof role>;

/** Which columns a privilege covers: every column, now and later, or exactly these. */
export const columns = z.union([z.literal('*'), z.array(identifier).min(1)]);
export type Columns = z.infer<typeof columns>;

/** In place of a table's name: every table of the schema. Only in a policy: a grant names its tables. */
export const EVERY_TABLE = '*';

/** What a scope allows on one table. A missing key means: not allowed. */
export const tableScope = z.strictObject({
  schema: identifier,
  table: identifier,
  /** With {@link EVERY_TABLE}: but not these. */
  except: z.array(identifier).min(1).optional(),
  select: columns.optional(),
  insert: columns.optional(),
  update: columns.optional(),
  delete: z.literal(true).optional(),
});
export type TableScope = z.infer<typeof tableScope>;

export const mode = z.enum(['read', 'write']);
export type Mode = z.infer<typeof mode>;

/** A named set of privileges, as policy defines it and as a grant freezes it. */
export const scope = z.strictObject({
  id: z.string().min(1).max(64),
  label: z.string().min(1).max(80),
  mode,
  /** Empty only with `owner`. */
  tables: z.array(tableScope),
  /** Changes the schema: whatever this role of the database may do with what it owns. `mode` is then `write`. */
  owner: identifier.optional(),
});
export type Scope = z.infer<typeof scope>;

export const environment = z.enum(['production', 'staging', 'development']);
export type Environment = z.infer<typeof environment>;

/** Severity id, for example `SEV1`. Its rules come from the policy. */
export const severityId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);
export const targetId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
/** Ticket or incident id, structured enough to be searched: `INC-4711`. */
export const ticketId = z.string().regex(/^[A-Z][A-Z0-9]{0,15}-\d{1,10}$/);
export const reason = z.string().trim().min(8).max(500);

/** The limits in force during a grant, frozen into it and into `session.open`. */
export const limits = z.strictObject({
  /** Most rows that the app keeps of one result. */
  max_rows: z.int().positive(),
  /** Most bytes that the app keeps of one result. */
  max_bytes: z.int().positive(),
  /** `statement_timeout` of the role, milliseconds. */
  statement_timeout_ms: z.int().positive(),
  /** `idle_in_transaction_session_timeout` of the role, milliseconds. */
  idle_tx_timeout_ms: z.int().positive(),
  /** `CONNECTION LIMIT` of the role. */
  connections: z.int().min(1).max(100),
  /** A statement waits for the collector's receipt before it is sent. */
  strict: z.boolean(),
  /** Relaxed mode: most records without a receipt before a statement has to wait. */
  max_unacked: z.int().positive(),
  /** Relaxed mode: longest age of the oldest record without a receipt, seconds, before a statement has to wait. */
  max_age_s: z.int().positive(),
  /** A statement that libpg-query cannot parse may be sent. */
  unparsed: z.boolean(),
  /** Results may be written to a file. */
  exports: z.boolean(),
  /** Other tools may be let in through a local port. */
  local_port: z.boolean(),
  /** What becomes of a dangerous shape (UPDATE without WHERE, DROP, …) on the local port, where nobody can be asked. */
  port_dangerous: z.enum(['send', 'refuse']),
});
export type Limits = z.infer<typeof limits>;

/** So many approvals by people of one of these groups; null: by anybody who may approve. */
export const requirement = z.strictObject({
  count: z.int().min(1).max(5),
  groups: z.array(z.string().min(1).max(200)).min(1).max(20).nullable(),
});
export type Requirement = z.infer<typeof requirement>;

/** Who let the engineer in. `alone` marks break glass: the engineer approved it, policy allowed it. */
export const approval = z.strictObject({
  sub: z.string(),
  name: z.string(),
  alone: z.boolean(),
  at: timestamp,
});
export type Approval = z.infer<typeof approval>;

/** Payload of the grant JWS (EdDSA, `typ: vitrine-grant+jwt`), docs/architecture.md, “The way of a grant”. */
export const grantClaims = z.strictObject({
  iss: z.string(),
  sub: z.string(),
  name: z.string(),
  jti: id128,
  iat: z.int(),
  nbf: z.int(),
  /** Seconds since the epoch; the deadline. */
  exp: z.int(),
  cnf: z.strictObject({ jkt: hash }),
  target: z.strictObject({ id: targetId, label: z.string(), environment }),
  scope,
  severity: severityId,
  ticket: ticketId,
  reason,
  approvals: z.array(approval).min(1),
  limits,
  /** SHA-256 of the policy file's bytes. */
  policy: hash,
  /** It lies in an offline envelope: `exp` is how long that can be opened, and access ends so many minutes after it was. */
  offline: z.strictObject({ minutes: z.int().positive() }).optional(),
});
export type GrantClaims = z.infer<typeof grantClaims>;

/** Where a request or grant is in its life, docs/architecture.md, “The way of a grant”. */
export const grantState = z.enum([
  'requested',
  'approved',
  'active',
  'expired',
  'handed_back',
  'revoked',
  'failed',
  'denied',
  'withdrawn',
  'lapsed',
]);
export type GrantState = z.infer<typeof grantState>;
/** Why a grant ended. */
export const endReason = z.enum(['expired', 'handed_back', 'revoked', 'failed']);
export type EndReason = z.infer<typeof endReason>;
