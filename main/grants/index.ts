/**
 * The life of a grant in the app: request, wait, activate, hold to the deadline, hand back (DESIGN section 4). Upholds
 * I3 and I6. `machine.ts` decides, `controller.ts` performs, `live.ts` holds one open grant, `view.ts` draws. Called by
 * the composition root and, through its handlers, by the window.
 */
export { GlassController } from './controller.ts';
export { titleOf, userErrorOf } from './view.ts';
