/** Whether a sign-in is fresh enough for an act, and how it stands in the record of the act. Pure. (I4, I6) */
import { askedOf, lacking, type SignIn, type StepUpRole } from '../../shared/step-up.ts';
import type { Grant, Instant, Step } from './machine.ts';

export const known = (auth: SignIn | null | undefined): { readonly auth?: SignIn } => (auth ? { auth } : {});

/** Asks for a new sign-in where that of `role` is not enough at `at`. */
export function stale(
  { stepUp }: Pick<Grant, 'stepUp'>,
  role: StepUpRole,
  { at, auth = null }: { readonly at: Instant; readonly auth?: SignIn | null },
): Extract<Step, { kind: 'refused' }> | null {
  const asked = askedOf(stepUp, role);
  if (asked === null || lacking(auth, asked, at) === null) return null;
  const signIn = { asked, found: auth };
  return { kind: 'refused', code: 'step_up_required', title: 'Sign in once more', hint: 'Then repeat it.', signIn };
}
