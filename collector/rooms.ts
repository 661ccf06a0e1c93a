/** The rooms that register routes, in order. */
import { registerAudits } from './audits/index.ts';
import type { RegisterRoom } from './compose.ts';
import { registerGrants } from './grants/index.ts';
import { registerNotify } from './notify/index.ts';
import { registerReview } from './review/index.ts';

export const rooms: readonly RegisterRoom[] = [
  (app, deps) => registerGrants(app, deps),
  registerReview,
  registerAudits,
  (app, deps) => registerNotify(app, deps),
];
