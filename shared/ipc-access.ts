/** Changes of the live grant, as the window asks for them; part of `ipc.ts`. */
import { z } from 'zod';
import { changeAsk, changeKind, changeOptions } from './api-change.ts';
import { id128, timestamp } from './grants.ts';

/** A change that waits for an approval. */
export const waitingChange = z.strictObject({
  id: id128,
  kind: changeKind,
  minutes: z.int(),
  lapses_at: timestamp,
  /** `1 approval`, `1 approval by dba`. */
  missing: z.string(),
  /** Who could give it, by name. */
  people: z.array(z.string()),
});

/** What the form would be filled in with, in the policy's words. */
export const writeOffer = z.strictObject({
  /** What may be done with it. */
  scope: z.string(),
  severity: z.string(),
  /** It is the severity of the grant that is held. */
  same_severity: z.boolean(),
});
export type WriteOffer = z.infer<typeof writeOffer>;

export const accessCalls = {
  /** What may be changed about the live grant, as the policy has it now. Asks the collector. */
  changeOptions: { args: z.tuple([]), value: changeOptions },
  /** Answers when the change was made, or waits for an approval. Refused where the policy does not allow it. */
  askChange: { args: z.tuple([changeAsk]), value: z.null() },
  withdrawChange: { args: z.tuple([id128]), value: z.null() },
  /** Answers when the privileges of the elevation are gone. */
  giveWriteBack: { args: z.tuple([]), value: z.null() },
  /** Asks the collector. Refused with `no_write_scope` where the policy offers this person nothing that writes there. */
  offerWrite: { args: z.tuple([]), value: writeOffer },
  /** Hands the live grant back, then opens the request form, filled in. It sends nothing. */
  askForWrite: { args: z.tuple([]), value: z.null() },
} as const;
