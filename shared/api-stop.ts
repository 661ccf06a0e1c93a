/**
 * The part of the contract about ending access at once: who has it now, the stop, and the devices. `shared/api.ts` has
 * the rest. (I3, I6)
 */
import { z } from 'zod';
import { endReason, environment, hash, id128, mode, severityId, targetId, ticketId, timestamp } from './grants.ts';

/** Text that a database and a record can hold: no NUL, no half of a character. */
const plain = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
const text = (max: number) => z.string().trim().max(max).refine(plain, 'holds a character that cannot be stored');
/** Why, in the words of who does it. */
const why = text(500).min(1, 'says why');
const who = z.object({ sub: z.string(), name: z.string() });

/** `POST /v1/stop` */
export const stopRequest = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('grant'), id: id128, reason: why }),
  /** `id` is the person's `sub`. */
  z.strictObject({ what: z.literal('person'), id: text(255).min(1), reason: why }),
  /** `id` is the thumbprint of the device key. */
  z.strictObject({ what: z.literal('device'), id: hash, reason: why }),
  z.strictObject({ what: z.literal('target'), id: targetId, reason: why }),
  z.strictObject({ what: z.literal('everything'), reason: why }),
]);
export type StopRequest = z.infer<typeof stopRequest>;

const stopped = { id: id128, by: z.string(), target: z.string() };
/** Answered when every role is gone that could be removed within a few seconds. */
export const stopAnswer = z.object({
  /** Nothing of them is left on their target; `gone_ms` after the stop, or after an end before it. */
  ended: z.array(z.object({ ...stopped, gone_ms: z.int() })),
  /** Their end is stored and their role can log in no longer than its deadline; the collector tries on until it is gone. */
  not_yet: z.array(z.object(stopped)),
  /** Requests that were closed before they opened anything. */
  closed: z.array(z.object(stopped)),
});
export type StopAnswer = z.infer<typeof stopAnswer>;

/** One grant that is open, may open, or is being closed. */
export const liveGrant = z.object({
  id: id128,
  /** `requested` and `approved` have no access yet; `ending` has a role on the target that is not gone yet. */
  state: z.enum(['requested', 'approved', 'active', 'ending']),
  by: who,
  target: z.object({ id: targetId, label: z.string(), environment }),
  scope: z.object({ id: z.string(), label: z.string(), mode }),
  severity: severityId,
  ticket: ticketId,
  alone: z.boolean(),
  device: z.object({ jkt: hash, name: z.string() }),
  activated_at: timestamp.nullable(),
  /** The deadline. */
  expires_at: timestamp.nullable(),
  /** Write access for a while: to which tables, `schema.table`, and until when. */
  elevation: z
    .object({ tables: z.array(z.string()), until: timestamp })
    .nullable()
    .optional(),
  /** Statements of a person or a tool that the ledger holds so far. */
  statements: z.int(),
  /** Set while it is ending: why, since when, and how often its target did not let the role be removed. */
  end: z.object({ why: endReason, at: timestamp, failed: z.int() }).nullable(),
});
export type LiveGrant = z.infer<typeof liveGrant>;
/** `GET /v1/live`: those with access first, by deadline. */
export const live = z.object({ grants: z.array(liveGrant) });
export type Live = z.infer<typeof live>;

/** One enrolled device key. */
export const device = z.object({
  jkt: hash,
  name: z.string(),
  os: z.string(),
  app: z.string(),
  person: who,
  /** It belongs to who asks. */
  own: z.boolean(),
  enrolled_at: timestamp,
  /** When it last traded a login for a token; a device in use does so every ten minutes. */
  seen_at: timestamp,
  /** `reason` is null for those who may not read it. */
  revoked: z.object({ at: timestamp, by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  /** Grants that are open now, and requests that are not active yet. */
  live: z.int(),
  pending: z.int(),
});
export type Device = z.infer<typeof device>;
/** `GET /v1/devices[?q=text]`: the newest seen first; `more` where the list was cut. */
export const devices = z.object({ devices: z.array(device), more: z.boolean() });
export type Devices = z.infer<typeof devices>;
export const deviceSearch = z.strictObject({ q: text(100).optional() });
/** `POST /v1/devices/:jkt/revoke`; final for this key. */
export const deviceRevocation = z.strictObject({ reason: why });
export const deviceRevoked = z.object({ device, stopped: stopAnswer });
export type DeviceRevoked = z.infer<typeof deviceRevoked>;
