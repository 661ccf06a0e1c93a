/** How a sign-in stands in what the collector keeps, and the answer of RFC 9470 to one that is not enough. (I6) */
import { type Asked, askedWords, LACKING_WORDS, lacking, type SignIn } from '../../shared/step-up.ts';
import { type ProblemError, problem } from '../server/problem.ts';

export function signInOf(authTime: Date | null, acr: string | null, amr: readonly string[] | null): SignIn | null {
  if (authTime === null) return null;
  return { at: authTime.toISOString(), ...(acr === null ? {} : { acr }), ...(amr === null ? {} : { amr: [...amr] }) };
}

/**
 * 401 with `www-authenticate` (RFC 9470, section 3): what to sign in with. `what` is what asks for it, `SEV1 on Orders`.
 * `now` is when it was found lacking, ms since the epoch.
 */
export function stepUpRefusal(found: SignIn | null, asked: Asked, what: string, now: number): ProblemError {
  const why = lacking(found, asked, now);
  const acr = asked.acr === undefined ? {} : { acr_values: asked.acr };
  const challenge = [
    'error="insufficient_user_authentication"',
    'error_description="A fresher or stronger sign-in is needed"',
    `max_age=${asked.max_age}`,
    ...(asked.acr === undefined ? [] : [`acr_values="${asked.acr}"`]),
  ];
  return problem(
    401,
    'step_up_required',
    'Sign in once more',
    {
      detail: `${what} asks for ${askedWords(asked)}.${why === null ? '' : ` ${LACKING_WORDS[why]}`}`,
      hint: 'Nothing was changed. Sign in again, then repeat it.',
      max_age: asked.max_age,
      ...acr,
    },
    { 'www-authenticate': `DPoP ${challenge.join(', ')}` },
  );
}
