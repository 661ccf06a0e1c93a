/**
 * Answers what the editor asks about a text: its parts, what is wrong with it, its parameters, the same text formatted.
 * Reads text only; nothing is sent to a database, and the page's word is never trusted for what a text is. (I1, I7)
 *
 * Asked while somebody types, so every answer is made in small pieces between which the relay may work.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { MAX_PARAMETERS } from '../../shared/editor.ts';
import { Fault } from '../../shared/errors.ts';
import type { Scope } from '../../shared/grants.ts';
import type { Filled, Finding, ParameterValue } from '../../shared/ipc-editor.ts';
import { fill, findings, parametersOf } from '../../shared/sql/index.ts';

export { formatSql } from './format.ts';

/** More would help nobody. */
const MOST_FINDINGS = 300;

export async function checkSql(text: string, scope: Scope | null): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const batch of findings(text, scope)) {
    found.push(...batch);
    if (found.length >= MOST_FINDINGS) break;
    await breathe();
  }
  return found.slice(0, MOST_FINDINGS);
}

/** Throws a Fault `too_many_parameters`. */
export function findParameters(text: string): string[] {
  const names = parametersOf(text).map(({ name }) => name);
  if (names.length <= MAX_PARAMETERS) return names;
  throw new Fault(
    'too_many_parameters',
    `This text has ${names.length} parameters; at most ${MAX_PARAMETERS} can be asked for. Nothing was sent.`,
    'Select some of its statements and run those.',
  );
}

export function fillParameters(wanted: { text: string; values: readonly ParameterValue[] }): Filled {
  const answer = fill(wanted.text, wanted.values);
  return answer.ok ? { kind: 'filled', text: answer.text } : { kind: 'wrong', problems: [...answer.problems] };
}
