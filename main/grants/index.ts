/**
 * The life of a grant in the app: request, wait, activate, hold to the deadline, hand back. Upholds I3 and I6. `machine.ts`
 * decides, `controller.ts` performs, `live.ts` holds one open grant, `closing.ts` ends it, `view.ts` draws,
 * `notices.ts` and `approval-notices.ts` say what the desktop tells, `approvals.ts` answers other people's requests, `step-up.ts`
 * signs in once more. Called by the composition root and, through its handlers, by the window.
 */
export { forMe, openApprovalNotices } from './approval-notices.ts';
export { GlassController } from './controller.ts';
export { openNotices } from './notices.ts';
export { progressOf, titleOf, userErrorOf } from './view.ts';
