/** The rooms that register routes, in order. */
import type { RegisterRoom } from './compose.ts';
import { registerGrants } from './grants/index.ts';
import { registerReview } from './review/index.ts';

export const rooms: readonly RegisterRoom[] = [(app, deps) => registerGrants(app, deps), registerReview];
