/** What the collector found on a target about one scope, ahead of any request. A part of the contract in api.ts. */
import { z } from 'zod';
import { timestamp } from './grants.ts';

export const scopeCheck = z.object({
  /** When that was found; null while it was not looked at yet. */
  at: timestamp.nullable(),
  /** Why the newest look failed, a sentence without a full stop; what stands beside it is older, then. Null where it worked. */
  failed: z.string().nullable(),
  /** Why a grant with this scope would not open now, each a sentence without a full stop. */
  blocks: z.array(z.string()),
  /** What every role of the target can do and no scope stops, each a sentence without a full stop. */
  widens: z.array(z.string()),
});
export type ScopeCheck = z.infer<typeof scopeCheck>;
