/**
 * The part of the contract about offline envelopes: minting and ending them on the pages, fetching them by the device, and
 * the report of an opening. `shared/api.ts` has the rest. (I3, I5)
 */
import { z } from 'zod';
import { MAX_ENVELOPE_BYTES } from './audit/records.ts';
import { sealedEnvelope } from './envelope-seal.ts';
import {
  base64url,
  endReason,
  environment,
  hash,
  id128,
  mode,
  reason,
  severityId,
  targetId,
  timestamp,
} from './grants.ts';

const who = z.object({ sub: z.string(), name: z.string() });
const why = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'holds a character that cannot be stored');

export const envelopeState = z.enum([
  'asked',
  'sealing',
  'sealed',
  'opened',
  'withdrawn',
  'expired',
  'lapsed',
  'failed',
]);
export type EnvelopeState = z.infer<typeof envelopeState>;

export const envelopeView = z.object({
  id: id128,
  state: envelopeState,
  holder: who,
  device: z.object({ jkt: hash, name: z.string() }),
  target: z.object({ id: targetId, label: z.string(), environment }),
  scope: z.object({ id: z.string(), label: z.string(), mode }),
  severity: severityId,
  /** After the opening. */
  minutes: z.int(),
  days: z.int(),
  reason: z.string(),
  asked: z.object({ by: z.string(), at: timestamp }),
  confirmed: z.array(z.object({ sub: z.string(), name: z.string(), at: timestamp })),
  /** When an envelope that nobody confirms lapses. */
  lapses_at: timestamp,
  /** How long it can be opened; null before it is sealed. */
  until: timestamp.nullable(),
  /** The device has it. */
  fetched_at: timestamp.nullable(),
  /** Its role was seen to log in, and no opening was reported by then. */
  seen_at: timestamp.nullable(),
  /** By the device's clock, and when the collector heard of it. */
  opened: z.object({ at: timestamp, heard_at: timestamp, times: z.int() }).nullable(),
  ended: z.object({ at: timestamp, by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  /** Nothing that was in it lets anybody in: its role is gone or admits no login. */
  rotated: z.boolean(),
  /** Why the person who reads this may not confirm it now; null where they may. */
  confirm_refused: z.string().nullable(),
});
export type EnvelopeView = z.infer<typeof envelopeView>;

/** What the policy lets be sealed for one device. */
export const envelopeOffer = z.object({
  device: z.object({ jkt: hash, name: z.string() }),
  holder: who,
  /** The device has told its key: an envelope can be sealed to it. */
  ready: z.boolean(),
  choices: z.array(
    z.object({
      target: z.object({ id: targetId, label: z.string() }),
      scope: z.object({ id: z.string(), label: z.string() }),
      severity: severityId,
      minutes: z.int(),
      days: z.int(),
    }),
  ),
});
export type EnvelopeOffer = z.infer<typeof envelopeOffer>;

/** `GET /v1/envelopes`: the newest first. `offers` is empty for who cannot mint. */
export const envelopes = z.object({ envelopes: z.array(envelopeView), offers: z.array(envelopeOffer) });
export type Envelopes = z.infer<typeof envelopes>;

/** `POST /v1/envelopes`: asks for one; it counts as the first of its two confirmations. */
export const envelopeAsk = z.strictObject({
  device: hash,
  target: targetId,
  scope: z.string().min(1).max(64),
  severity: severityId,
  reason,
});
export type EnvelopeAsk = z.infer<typeof envelopeAsk>;
/** `POST /v1/envelopes/:id/confirm`. The opening key is told to who seals it, once, and is kept nowhere. */
export const envelopeConfirmed = z.object({ envelope: envelopeView, opening_key: z.string().nullable() });
export type EnvelopeConfirmed = z.infer<typeof envelopeConfirmed>;
/** `POST /v1/envelopes/:id/withdraw` */
export const envelopeWithdrawal = z.strictObject({ reason: why });

/** `POST /v1/envelopes/key`: the device's X25519 key, signed by its device key; see `sealKeyStatement`. */
export const envelopeKey = z.strictObject({ x: hash, sig: base64url.length(86) });

export const deliveredEnvelope = z.object({
  id: id128,
  /** The grant JWS. */
  grant: z.string(),
  sealed: sealedEnvelope,
  /** SHA-256 of the newest ID token that this device has traded. */
  idt: hash,
});
export type DeliveredEnvelope = z.infer<typeof deliveredEnvelope>;
/** `GET /v1/envelopes/mine`: all that this device may open; what it holds besides has ended. */
export const deliveredEnvelopes = z.object({ envelopes: z.array(deliveredEnvelope), now: timestamp });

/**
 * `POST /v1/envelopes/opened`: the signed record of an opening. Asks for no sign-in, because the identity provider may still
 * be away: the record proves itself, and all it can do is to end things.
 */
export const openingReport = z.strictObject({
  record: z.string().max(MAX_ENVELOPE_BYTES),
  /** The device still works under it: then what is connected may stay until its time is over. */
  live: z.boolean(),
});
export const openingHeard = z.object({
  state: z.enum(['active', 'ended']),
  end_reason: endReason.nullable(),
  /** Milliseconds from the end until the role was gone; null while it is not. */
  gone_ms: z.int().nullable(),
  review_due_at: timestamp.nullable(),
});
export type OpeningHeard = z.infer<typeof openingHeard>;

/** What is sealed: the credentials of the role. */
export const envelopeContent = z.strictObject({
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  password: z.string(),
  tls: z.strictObject({ mode: z.enum(['verify-full', 'disable']), ca: z.string(), server_name: z.string() }),
});
