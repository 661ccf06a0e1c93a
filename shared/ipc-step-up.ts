/**
 * A sign-in that is asked for once more, as the window shows it; part of `ipc.ts`. The sign-in itself is in the browser and
 * in main; the page learns only that it is wanted, and may begin it or give it up. (I7)
 */
import { z } from 'zod';

export const stepUpState = z.strictObject({
  /** `asked`: it begins when the person says so. `browser`: the page is open in the browser. */
  stage: z.enum(['asked', 'browser']),
  /** What goes on afterwards by itself: the request is sent, the glass opens, the approval is given. */
  purpose: z.enum(['request', 'open', 'approve', 'change']),
  /** Who asks for what, and why the sign-in there is does not do, in the collector's words. */
  message: z.string().max(2000),
  /** Why the last try came to nothing. */
  problem: z
    .strictObject({ code: z.string().max(64), message: z.string().max(2000), hint: z.string().max(2000).nullable() })
    .nullable(),
});
export type StepUpState = z.infer<typeof stepUpState>;

export const stepUpCalls = {
  /** Null while nobody has to sign in once more; afterwards `onStepUp` pushes every change. */
  getStepUp: { args: z.tuple([]), value: stepUpState.nullable() },
  startStepUp: { args: z.tuple([]), value: z.null() },
  /** Gives it up: what asked for it is not done. */
  cancelStepUp: { args: z.tuple([]), value: z.null() },
} as const;
