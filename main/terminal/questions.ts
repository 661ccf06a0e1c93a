/**
 * What is still missing or wrong in a request, measured against what the collector offers this person. On a terminal the
 * first question is asked, then the next; without one all of them are named at once. Pure. (I6)
 */
import type { AccessRequest, Options, ScopeOption, SeverityOption, TargetOption } from '../../shared/api.ts';
import { type Given, LOOKS } from './arguments.ts';
import { plural } from './words.ts';

export type Field = keyof Given;
export interface Choice {
  readonly id: string;
  /** One line beside it. */
  readonly words: string;
}
export interface Question {
  readonly field: Field;
  /** `--target is missing`, `SEV1 allows at most 30 minutes, 90 were asked for` */
  readonly problem: string;
  /** Empty where anything of that shape will do. */
  readonly choices: readonly Choice[];
}

export type Answered =
  | { readonly kind: 'asks'; readonly questions: readonly [Question, ...Question[]] }
  | { readonly kind: 'nothing'; readonly words: string }
  | { readonly kind: 'ready'; readonly request: AccessRequest; readonly chosen: Chosen };

export interface Chosen {
  readonly target: TargetOption;
  readonly scope: ScopeOption;
  readonly severity: SeverityOption;
}

/** `approval` asks for approval even where the person may go in alone. */
export function questionsOf(options: Options, given: Given, approval: boolean): Answered {
  if (options.targets.length === 0) {
    return {
      kind: 'nothing',
      words: 'The policy opens no database to your groups. Ask the people who run the collector to add you.',
    };
  }
  const questions: Question[] = [];
  const pick = <T extends { readonly id: string }>(
    field: 'target' | 'scope' | 'severity',
    offered: readonly T[],
    words: (one: T) => string,
  ): T | null => {
    const found = offered.find((one) => one.id === given[field]);
    const [only, second] = offered;
    if (found !== undefined) return found;
    // Where there is one, nobody has to name it.
    if (given[field] === undefined && only !== undefined && second === undefined) return only;
    const problem = given[field] === undefined ? `--${field} is missing` : `--${field} ${given[field]} is not offered`;
    questions.push({ field, problem, choices: offered.map((one) => ({ id: one.id, words: words(one) })) });
    return null;
  };

  const target = pick('target', options.targets, (one) => `${one.label}, ${one.environment}`);
  const scopes = (target === null ? options.targets : [target]).flatMap((one) => one.scopes);
  const scope = pick('scope', unique(scopes), (one) => `${one.label}: ${one.summary}`);
  const severities = unique(
    scopes.filter((one) => scope === null || one.id === scope.id).flatMap((one) => one.severities),
  );
  const severity = pick('severity', severities, severityWords);

  if (severity !== null && severity.refused !== null && !approval) {
    const others = severities.filter((one) => one.refused === null);
    questions.push({
      field: 'severity',
      problem: `${severity.id} is refused now: ${severity.refused}`,
      choices: others.map((one) => ({ id: one.id, words: severityWords(one) })),
    });
  }
  const minutes = given.minutes ?? severity?.default_minutes;
  if (severity !== null && minutes !== undefined && minutes > severity.max_minutes) {
    questions.push({
      field: 'minutes',
      problem: `${severity.id} allows at most ${severity.max_minutes} minutes, ${minutes} were asked for`,
      choices: [],
    });
  }
  for (const field of ['ticket', 'reason'] as const) {
    if (given[field] === undefined)
      questions.push({ field, problem: `--${field} is missing: ${LOOKS[field]}`, choices: [] });
  }

  const [first, ...rest] = questions;
  if (first !== undefined) return { kind: 'asks', questions: [first, ...rest] };
  const { ticket, reason } = given;
  if (target === null || scope === null || severity === null || ticket === undefined || reason === undefined)
    throw new Error('a request without questions is complete');
  return {
    kind: 'ready',
    chosen: { target, scope, severity },
    request: {
      target: target.id,
      scope: scope.id,
      severity: severity.id,
      ticket,
      reason,
      minutes: minutes ?? severity.default_minutes,
      alone: severity.alone && !approval,
    },
  };
}

const severityWords = (one: SeverityOption): string =>
  `${one.label}; ${one.summary}${one.refused === null ? '' : ` (refused now: ${one.refused})`}`;

/** By id: the same scope may be offered on several targets, the same severity with several scopes. */
const unique = <T extends { readonly id: string }>(all: readonly T[]): T[] =>
  all.filter((one, at) => all.findIndex(({ id }) => id === one.id) === at);

/** What sending means, in one line: `SEV1 on Orders (production), Support read, 30 minutes, INC-4711`. */
export const inOneLine = ({ target, scope, severity }: Chosen, request: AccessRequest): string =>
  `${severity.id} on ${target.label} (${target.environment}), ${scope.label}, ${plural(request.minutes, 'minute')}, ${request.ticket}`;
