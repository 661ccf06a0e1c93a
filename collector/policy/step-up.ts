/** What a severity asks of sign-ins: how the file says it, what it means, and how it is told. Pure. */
import { z } from 'zod';
import { askedWords, type StepUp } from '../../shared/step-up.ts';
import { acrValue, stepUpRole } from '../../shared/step-up-schema.ts';
import type { Policy } from './model.ts';

const DEFAULT_MINUTES = 5;

export const stepUpFile = z
  .strictObject({
    who: z
      .array(stepUpRole)
      .min(1)
      .default(['engineer', 'approver'])
      .describe('engineer: when asking and when activating. approver: when approving. Left out: both.'),
    max_age_minutes: z
      .int()
      .min(1)
      .max(24 * 60)
      .default(DEFAULT_MINUTES)
      .describe('Minutes since the person last proved who they are to the identity provider.'),
    acr: acrValue
      .optional()
      .describe('Authentication context class that the sign-in must carry, as the identity provider names it.'),
  })
  .describe(
    'Asks for a fresh sign-in (RFC 9470). A sign-in whose time the identity provider does not tell never counts.',
  );

export const stepUpOf = ({ who, max_age_minutes, acr }: z.infer<typeof stepUpFile>): StepUp => ({
  who,
  max_age: max_age_minutes * 60,
  ...(acr === undefined ? {} : { acr }),
});

/** `engineer and approver need a sign-in of the last 5 minutes` */
export const stepUpSentence = (asked: StepUp): string =>
  `${asked.who.join(' and ')} ${asked.who.length === 1 ? 'needs' : 'need'} ${askedWords(asked)}`;

/** For `policy check`: which severities ask for it; nothing where none does. */
export function stepUpCount({ severities }: Pick<Policy, 'severities'>): string[] {
  const asking = [...severities.values()].filter(({ stepUp }) => stepUp !== null).map(({ id }) => id);
  return asking.length === 0 ? [] : [`fresh sign-in for ${asking.join(', ')}`];
}
