/** What a query must be before it is kept, wherever it comes from. Pure. */
import { MAX_PARAMETERS } from '../../shared/editor.ts';
import { targetId } from '../../shared/grants.ts';
import {
  folderKey,
  folderProblem,
  MAX_DEFAULT,
  MAX_DESCRIPTION,
  nameKey,
  nameProblem,
  textProblem,
  wordsProblem,
} from '../../shared/queries.ts';
import type { Written } from './front.ts';

const PARAMETER = /^(?::[\p{L}_][\p{L}\p{N}_$]{0,198}|\$\d{1,5})$/u;

/** A sentence; null where it may be kept. */
export function problemOf(query: Written): string | null {
  return (
    nameProblem(query.name) ??
    inFolder(folderProblem(query.folder)) ??
    textProblem(query.text) ??
    wordsProblem('A description', query.description, MAX_DESCRIPTION) ??
    (query.target === null || targetId.safeParse(query.target).success ? null : 'Its target is not one.') ??
    parametersProblem(query)
  );
}

function parametersProblem({ parameters }: Written): string | null {
  if (parameters.length > MAX_PARAMETERS) return `At most ${MAX_PARAMETERS} parameters are described.`;
  for (const { name, description, default: first } of parameters) {
    if (!PARAMETER.test(name)) return 'A parameter has a name that no text can hold.';
    const problem =
      wordsProblem('The description of a parameter', description, MAX_DESCRIPTION) ??
      wordsProblem('The default of a parameter', first?.value ?? '', MAX_DEFAULT);
    if (problem !== null) return problem;
  }
  return null;
}
const inFolder = (problem: string | null): string | null => (problem === null ? null : `Its folder: ${problem}`);

/** Where it stands and what it is called: no two have the same. */
export const placeOf = ({ name, folder }: Pick<Written, 'name' | 'folder'>): string =>
  JSON.stringify([folderKey(folder), nameKey(name)]);

/** All that a person wrote is the same. */
export const sameContent = (a: Written, b: Written): boolean => contentOf(a) === contentOf(b);
const contentOf = ({ text, description, target, parameters }: Written): string =>
  JSON.stringify([
    text.replaceAll('\r\n', '\n'),
    description,
    target,
    parameters
      .filter(({ description: words, default: first }) => words !== '' || first !== null)
      .map(({ name, description: words, default: first }) => [name, words, first?.kind, first?.value])
      .sort(),
  ]);
