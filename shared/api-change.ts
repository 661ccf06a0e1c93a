/**
 * Changes of a live grant, in place: it is extended, or elevated to write for some minutes (docs/architecture.md, “The way of a
 * grant”). What the app and the pages send, and what they are told. (I3, I6)
 */
import { z } from 'zod';
import { approval, hash, id128, reason, requirement, scope, severityId, targetId, timestamp } from './grants.ts';

const minutes = z
  .int()
  .min(1)
  .max(24 * 60);

/** `extend` moves the deadline; `elevate` adds a scope that writes. */
export const changeKind = z.enum(['extend', 'elevate']);
export type ChangeKind = z.infer<typeof changeKind>;

/** `POST /v1/requests/:id/changes`, by the person and the device that hold the grant. */
export const changeAsk = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('extend'), minutes, reason, alone: z.boolean() }),
  z.strictObject({
    kind: z.literal('elevate'),
    /** Id of a scope of the policy that writes. */
    scope: z.string().min(1).max(64),
    /** Which of its tables, `schema.table`; at least one. */
    tables: z.array(z.string().min(3).max(127)).min(1).max(500),
    minutes,
    reason,
    alone: z.boolean(),
  }),
]);
export type ChangeAsk = z.infer<typeof changeAsk>;

/**
 * asked → approved → in_force (an elevation) → over; asked → approved → made (an extension).
 * `failed`: approved, but the database did not take it.
 */
export const changeState = z.enum([
  'asked',
  'approved',
  'in_force',
  'made',
  'over',
  'denied',
  'withdrawn',
  'lapsed',
  'failed',
]);
export type ChangeState = z.infer<typeof changeState>;
export const changeEnd = z.enum(['expired', 'handed_back', 'revoked', 'failed']);
export type ChangeEnd = z.infer<typeof changeEnd>;

export const changeView = z.object({
  id: id128,
  kind: changeKind,
  state: changeState,
  minutes: z.int(),
  reason: z.string(),
  /** What an elevation adds; null for an extension. */
  scope: scope.nullable(),
  alone: z.boolean(),
  approvals_needed: z.int(),
  approvals: z.array(approval),
  /** While it waits: what is still missing, and the names of those who could give it. */
  approvals_missing: z.array(requirement.extend({ people: z.array(z.string()) })).optional(),
  /** Why an approval of the person who reads this would be refused; null where it would count. */
  approval_refused: z.string().nullable().optional(),
  note: z.string().nullable(),
  asked_at: timestamp,
  /** When it lapses unanswered. */
  lapses_at: timestamp,
  /** Since when, and until when; the new deadline for an extension. */
  from: timestamp.nullable(),
  until: timestamp.nullable(),
  ended: z.object({ why: changeEnd, by: z.string().nullable(), at: timestamp }).nullable(),
  /** The signed change, once it counts: a grant with a later `exp`, or an elevation ({@link elevationClaims}). */
  jws: z.string().nullable(),
});
export type ChangeView = z.infer<typeof changeView>;

/** What somebody may change about the grant that they hold, as the policy has it now. */
const changeOption = z.object({
  /** Why not at all; null where it can be asked for. */
  refused: z.string().nullable(),
  max_minutes: z.int(),
  default_minutes: z.int(),
  /** Without an approval. */
  alone: z.boolean(),
  approvals_from: z.array(requirement),
});
/** `GET /v1/requests/:id/changes` */
export const changeOptions = z.object({
  extend: changeOption,
  elevate: z.array(changeOption.extend({ scope, summary: z.string() })),
  /** Why there is no elevation to ask for; null where there is. */
  elevate_refused: z.string().nullable(),
});
export type ChangeOptions = z.infer<typeof changeOptions>;
export type ChangeOption = z.infer<typeof changeOption>;

/** Payload of an elevation (EdDSA, `typ: vitrine-elevation+jwt`): what is added to grant `gid`, and until when. */
export const elevationClaims = z.strictObject({
  iss: z.string(),
  sub: z.string(),
  /** Of the change. */
  jti: id128,
  gid: id128,
  iat: z.int(),
  nbf: z.int(),
  /** Seconds since the epoch; never after the deadline of the grant. */
  exp: z.int(),
  cnf: z.strictObject({ jkt: hash }),
  target: targetId,
  severity: severityId,
  scope,
  reason,
  approvals: z.array(approval).min(1),
  policy: hash,
});
export type ElevationClaims = z.infer<typeof elevationClaims>;
