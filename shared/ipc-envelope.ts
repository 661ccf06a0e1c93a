/** Offline envelopes as the window shows and opens them; part of `ipc.ts`. No secret crosses but the code that a person typed. (I7) */
import { z } from 'zod';
import { environment, id128, mode, reason, severityId, targetId, ticketId, timestamp } from './grants.ts';

export const heldEnvelope = z.strictObject({
  id: id128,
  /** `late`: its days are over. `spent`: every challenge was shown. `clock`: this machine's clock is behind. */
  state: z.enum(['sealed', 'used', 'late', 'spent', 'clock']),
  person: z.string(),
  target: z.strictObject({ id: targetId, label: z.string(), environment }),
  scope: z.strictObject({ label: z.string(), mode }),
  severity: severityId,
  /** After the opening. */
  minutes: z.int(),
  until: timestamp,
  /** When it was opened, by this machine's clock; `heard`: the collector has the record. */
  used: z.strictObject({ at: timestamp, heard: z.boolean() }).nullable(),
});
export type HeldEnvelope = z.infer<typeof heldEnvelope>;

export const envelopeOpening = z.strictObject({
  id: id128,
  code: z.string().max(100),
  ticket: ticketId,
  reason,
});
export type EnvelopeOpening = z.infer<typeof envelopeOpening>;

export const envelopeCalls = {
  /** Those that can be opened first, then what became of the others. Empty while the device key is locked. */
  listEnvelopes: { args: z.tuple([]), value: z.array(heldEnvelope) },
  /** A fresh challenge to read out; the code that answers it fits no other. */
  challengeEnvelope: { args: z.tuple([id128]), value: z.strictObject({ challenge: z.string() }) },
  /** Opens it, once and for all. Refused with a Fault that says which group is mistyped; then nothing was opened. */
  openEnvelope: { args: z.tuple([envelopeOpening]), value: z.null() },
} as const;
