/** The shape of one test in a policy file: a request, and what must become of it. */
import { z } from 'zod';
import { severityId, targetId } from '../../shared/grants.ts';
import { approvals } from './approvals.ts';
import { LIMIT_NAMES } from './decide.ts';

const group = z.string().min(1).max(200);

export const policyTest = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional().describe('What it shows.'),
    who: z
      .union([z.string().min(1).max(255), z.array(group).min(1)])
      .describe('A sub of people, or the groups of somebody who is not named there.'),
    target: targetId,
    scope: z.string().min(1).max(64),
    severity: severityId,
    minutes: z
      .int()
      .min(1)
      .max(24 * 60)
      .optional()
      .describe('Left out: what the form proposes at this severity.'),
    alone: z.boolean().optional().describe('Left out: as the severity says.'),
    overdue_reviews: z.int().min(0).max(1000).default(0).describe('Overdue reviews that the person has.'),
    expect: z
      .union([
        z.literal('allowed'),
        z.strictObject({ refused: z.enum(LIMIT_NAMES) }),
        z.strictObject({ approvals: z.union([z.int().min(0).max(25), approvals]) }),
      ])
      .describe(
        'allowed, {refused: LIMIT}, or {approvals: …}: allowed once so many others have approved, or those of a list as in a severity; 0 means alone.',
      ),
  })
  .describe('A request and what must become of it.');
export type PolicyTestFile = z.infer<typeof policyTest>;
