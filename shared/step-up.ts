/**
 * Step-up: what a severity asks of the sign-in behind an act, and whether a sign-in is fresh and strong enough. The
 * collector decides with it, the app checks the identity provider's answer with it, and the verifier counts again. A
 * sign-in whose time is not known is never fresh. Pure. (I4, I6; RFC 9470)
 */
import type { SignIn, StepUp, StepUpRole } from './step-up-schema.ts';

export type { SignIn, StepUp, StepUpRole } from './step-up-schema.ts';

/** What is asked of one sign-in. */
export interface Asked {
  /** Most seconds since the person proved who they are. */
  readonly max_age: number;
  readonly acr?: string | undefined;
}

/** What is asked of whoever acts in this role; null where nothing is. */
export const askedOf = (requirement: StepUp | null | undefined, role: StepUpRole): Asked | null =>
  requirement?.who.includes(role) === true ? requirement : null;

/** The clocks of two servers differ by this much at most, ms. */
export const SKEW_MS = 5000;

/** Why a sign-in is not enough: its time is not known, lies ahead, is too long ago, or it was not strong enough. */
export type Lacking = 'unknown' | 'future' | 'old' | 'weak';

/** Null when the sign-in is enough at `now`, ms since the epoch. */
export function lacking(found: SignIn | null | undefined, asked: Asked, now: number): Lacking | null {
  const at = found === null || found === undefined ? Number.NaN : Date.parse(found.at);
  if (Number.isNaN(at)) return 'unknown';
  if (at > now + SKEW_MS) return 'future';
  if (now - at > asked.max_age * 1000) return 'old';
  return asked.acr !== undefined && found?.acr !== asked.acr ? 'weak' : null;
}

/** `a sign-in of the last 5 minutes with urn:example:mfa` */
export function askedWords({ max_age: seconds, acr }: Asked): string {
  const minutes = Math.floor(seconds / 60);
  const age = seconds % 60 === 0 ? (minutes === 1 ? 'minute' : `${minutes} minutes`) : `${seconds} seconds`;
  return `a sign-in of the last ${age}${acr === undefined ? '' : ` with ${acr}`}`;
}

/** Why, as a sentence of its own. */
export const LACKING_WORDS: Readonly<Record<Lacking, string>> = {
  unknown: 'The identity provider does not say when you signed in, so it does not count.',
  future: 'Your sign-in carries a time that lies ahead, so it does not count.',
  old: 'Your sign-in is older than that.',
  weak: 'Your sign-in was made in another way.',
};
