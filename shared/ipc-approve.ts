/**
 * Answering other people's requests from the window; part of `ipc.ts`. The page learns what the collector's own page
 * shows an approver, and may answer; main sends it, bound to the device. (I7)
 */
import { z } from 'zod';
import { approve, requestView } from './api.ts';
import { hash, id128 } from './grants.ts';

/** More are counted and not shown: nobody answers so many by hand. */
export const MOST_SHOWN = 100;

export const approvalsState = z.strictObject({
  /** `sub` of whoever is signed in. */
  me: z.string(),
  /** Null until the collector has answered the first time. Those that wait, the one that lapses first at the top; one's own too. */
  waiting: z.array(requestView).max(MOST_SHOWN).nullable(),
  /** How many wait in all. */
  count: z.int().nonnegative(),
  /** Why the collector could not be asked; what is shown was true before. */
  problem: z
    .strictObject({ code: z.string().max(64), message: z.string().max(2000), hint: z.string().max(2000).nullable() })
    .nullable(),
});
export type ApprovalsState = z.infer<typeof approvalsState>;

/** What an approver gives; what is left out is given as it was asked for. `digest` is of what they looked at. */
export const approveWish = approve.extend({ id: id128, digest: hash });
export type ApproveWish = z.infer<typeof approveWish>;
export const denyWish = z.strictObject({ id: id128, note: z.string().trim().min(1).max(500) });
export type DenyWish = z.infer<typeof denyWish>;

export const approveCalls = {
  /** Null where nobody is signed in who approves; afterwards `onApprovals` pushes every change. */
  getApprovals: { args: z.tuple([]), value: approvalsState.nullable() },
  /** Answers with the request as it is then: other approvals may still be missing. */
  approveRequest: { args: z.tuple([approveWish]), value: requestView },
  denyRequest: { args: z.tuple([denyWish]), value: requestView },
} as const;
