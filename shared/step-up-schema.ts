/**
 * The shapes of step-up: a sign-in, and what is asked of one. Apart from `step-up.ts`, because the window needs only that one
 * and zod is not loaded into its page. (I7)
 */
import { z } from 'zod';
import { timestamp } from './grants.ts';

/** An authentication context class as the identity provider names it; one word, because `acr_values` is a list of words. */
export const acrValue = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/);

/** How and when a person last proved who they are, from the ID token. */
export const signIn = z.strictObject({
  /** `auth_time`. */
  at: timestamp,
  acr: acrValue.optional(),
  /** RFC 8176. */
  amr: z.array(z.string().min(1).max(64)).max(16).optional(),
});
export type SignIn = z.infer<typeof signIn>;

export const stepUpRole = z.enum(['engineer', 'approver']);
export type StepUpRole = z.infer<typeof stepUpRole>;

/** The policy's words, frozen into a request: who has to have signed in lately, and how. */
export const stepUp = z.strictObject({
  who: z.array(stepUpRole).min(1).max(2),
  /** Seconds. */
  max_age: z
    .int()
    .min(60)
    .max(24 * 3600),
  acr: acrValue.optional(),
});
export type StepUp = z.infer<typeof stepUp>;
