/**
 * Approving with a fresh sign-in: what was chosen waits in this tab while the browser is with the identity provider, and the
 * dialog is open again on the way back, so that one press approves. (RFC 9470)
 */
import { z } from 'zod';
import type { Choice } from '../../../shared/approve.ts';
import type { Refusal } from '../api/client.ts';

const choice = z.object({ minutes: z.string(), scope: z.string(), dropped: z.array(z.string()) });

const waiting = z.object({ sub: z.string(), choice });
const nameOf = (request: string): string => `vitrine:step-up:${request}`;

/** Sends the browser away to sign in, and back to this request. */
export function leaveToSignIn(request: string, sub: string, chosen: Choice, { maxAge, acr }: Refusal): void {
  window.sessionStorage.setItem(nameOf(request), JSON.stringify({ sub, choice: chosen }));
  const query = new URLSearchParams({ return: `/requests/${request}`, max_age: String(maxAge) });
  if (acr !== null) query.set('acr_values', acr);
  window.location.assign(`/auth/login?${query}`);
}

export interface CameBack {
  readonly choice: Choice;
  /** Why the sign-in was not taken; null when it was. */
  readonly problem: string | null;
}

const WORDS: Readonly<Record<string, string>> = {
  login_failed: 'The sign-in was cancelled or refused. Nothing was approved; what you chose is kept.',
  login_other_person: 'Somebody else signed in, so it was not taken. You are still signed in as before.',
  login_not_fresh: 'The identity provider did not ask you again as the policy wants it. Tell whoever runs it.',
};

/** What waited for this person. Null where nobody was sent away; a draft of another page is none. */
export function cameBack(request: string, sub: string): CameBack | null {
  const text = window.sessionStorage.getItem(nameOf(request));
  if (text === null) return null;
  const code = new URL(window.location.href).searchParams.get('sign_in');
  let draft: unknown;
  try {
    draft = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = waiting.safeParse(draft);
  if (!parsed.success || parsed.data.sub !== sub) return null;
  const problem = code === null ? null : (WORDS[code] ?? 'The sign-in did not work out. Nothing was approved.');
  return { choice: parsed.data.choice, problem };
}

/** It is shown now: a reload begins anew. */
export function forgetBack(request: string): void {
  window.sessionStorage.removeItem(nameOf(request));
  const address = new URL(window.location.href);
  address.searchParams.delete('sign_in');
  window.history.replaceState(null, '', address);
}
