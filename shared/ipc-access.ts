/** From a grant that reads to one that writes, as the window asks for it; part of `ipc.ts`. */
import { z } from 'zod';

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
  /** Asks the collector. Refused with `no_write_scope` where the policy offers this person nothing that writes there. */
  offerWrite: { args: z.tuple([]), value: writeOffer },
  /** Hands the live grant back, then opens the request form, filled in. It sends nothing. */
  askForWrite: { args: z.tuple([]), value: z.null() },
} as const;
