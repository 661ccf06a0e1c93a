/**
 * The periodic audit: what was granted in a period, and what should be looked at. Written by the collector when the period
 * has ended, recorded in the ledger by its hash, read on the review pages.
 */
import { z } from 'zod';
import { hash, role, severityId, targetId, ticketId, timestamp } from './grants.ts';

/** `2026-11-01..2026-12-01`: the first day, and the day after the last, at midnight UTC. */
export const auditId = z.string().regex(/^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/);
export const auditEvery = z.enum(['week', 'month']);
export type AuditEvery = z.infer<typeof auditEvery>;

const who = z.strictObject({ sub: z.string(), name: z.string() });
const target = z.strictObject({ id: targetId, label: z.string() });

const auditedGrant = z.strictObject({
  id: z.string(),
  by: who,
  target,
  scope: z.string(),
  severity: severityId,
  ticket: ticketId,
  minutes: z.int(),
  /** The engineer went in alone. */
  alone: z.boolean(),
  /** Names of those who approved. */
  approved_by: z.array(z.string()),
  /** `active`, `handed_back`, `denied`, … */
  state: z.string(),
  asked_at: timestamp,
  opened_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  ended_by: z.string().nullable(),
  /** Milliseconds from the end until the role was gone. */
  gone_ms: z.int().nullable(),
  review: z.enum(['none', 'due', 'overdue', 'signed']),
  review_due_at: timestamp.nullable(),
});
export type AuditedGrant = z.infer<typeof auditedGrant>;

export const auditReport = z.strictObject({
  v: z.literal(1),
  from: timestamp,
  until: timestamp,
  /** When everything below was read. */
  at: timestamp,
  /** Days without use after which a right or a device is listed. */
  unused_days: z.int(),
  /** Asked for in the period. */
  grants: z.array(auditedGrant),
  /** Reviews that were overdue when this was read, of any period. */
  overdue: z.array(auditedGrant),
  /** Roles on targets that no live grant stood behind. `removed`: found and removed within the period. */
  roles: z.array(z.strictObject({ target, role: z.string(), grant: z.string().nullable(), removed: z.boolean() })),
  /** Targets that could not be asked for their roles. */
  unreachable: z.array(target),
  /** People who may ask for access and have not used any since. */
  people: z.array(
    z.strictObject({
      ...who.shape,
      roles: z.array(role),
      last_used_at: timestamp.nullable(),
      /** Last sign-in; null: never. */
      seen_at: timestamp.nullable(),
    }),
  ),
  /** Devices that may sign and have not been seen since. */
  devices: z.array(
    z.strictObject({ jkt: hash, name: z.string(), by: who, enrolled_at: timestamp, seen_at: timestamp }),
  ),
  /** Policies that came into force in the period. */
  policies: z.array(z.strictObject({ hash, at: timestamp, index: z.int() })),
});
export type AuditReport = z.infer<typeof auditReport>;

/** How much of it somebody has to look at. */
export const findingsOf = ({ overdue, roles }: AuditReport): number => overdue.length + roles.length;

/** Tables of a report that can be had as CSV. */
export const auditSection = z.enum(['grants', 'overdue', 'roles', 'people', 'devices', 'policies']);
export type AuditSection = z.infer<typeof auditSection>;

/** `GET /v1/audits`, newest first. */
export const auditList = z.object({
  every: auditEvery,
  /** The period that has not ended yet. */
  running: z.object({ id: auditId, from: timestamp, until: timestamp }),
  audits: z.array(
    z.object({
      id: auditId,
      from: timestamp,
      until: timestamp,
      at: timestamp,
      grants: z.int(),
      /** As {@link findingsOf} counts them. */
      findings: z.int(),
      /** Place of its record in the ledger. */
      index: z.int(),
      /** SHA-256 of the report's bytes, as the record has it. */
      digest: hash,
    }),
  ),
});
export type AuditList = z.infer<typeof auditList>;
