/** What a form says of a query, as main wants it; and what is wrong with it, beside which field. Pure. */
import type { ParameterValue } from '../../shared/ipc-editor.ts';
import type { QueryDetails, QueryParameter, SavedQuery } from '../../shared/ipc-queries.ts';
import { type FolderPath, folderProblem, nameProblem } from '../../shared/queries.ts';

/** As it stands in the fields. */
export interface Draft {
  readonly name: string;
  /** `Incidents/Payments`; empty is the top. */
  readonly folder: string;
  readonly description: string;
  /** Empty: any. */
  readonly target: string;
  readonly parameters: readonly QueryParameter[];
}

export const emptyDraft: Draft = { name: '', folder: '', description: '', target: '', parameters: [] };

export const draftOf = ({ name, folder, description, target, parameters }: SavedQuery): Draft => ({
  name,
  folder: folder.join('/'),
  description,
  target: target ?? '',
  parameters,
});

export const pathOf = (folder: string): string[] =>
  folder
    .split('/')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export function detailsOf(draft: Draft): QueryDetails {
  return {
    name: draft.name.trim(),
    folder: pathOf(draft.folder),
    description: draft.description.trim(),
    target: draft.target === '' ? null : draft.target,
    // What says nothing is not kept.
    parameters: draft.parameters
      .map((one) => ({ ...one, description: one.description.trim() }))
      .filter(({ description, default: first }) => description !== '' || first !== null),
  };
}

export function problemOf(draft: Draft): { readonly field: 'name' | 'folder'; readonly message: string } | null {
  const { name, folder } = detailsOf(draft);
  const named = nameProblem(name);
  if (named !== null) return { field: 'name', message: named };
  const placed = folderProblem(folder);
  return placed === null ? null : { field: 'folder', message: placed };
}

/** Those of the text, in its order, with what was said of them before. */
export const parametersFor = (names: readonly string[], known: readonly QueryParameter[]): QueryParameter[] =>
  names.map((name) => known.find((one) => one.name === name) ?? { name, description: '', default: null });

/** What the form for values begins with and says beside each, by name. */
export interface Hint {
  readonly description: string;
  readonly first: Pick<ParameterValue, 'kind' | 'value'> | null;
}
export const hintsOf = (parameters: readonly QueryParameter[]): ReadonlyMap<string, Hint> =>
  new Map(parameters.map(({ name, description, default: first }) => [name, { description, first }]));

/** Folders to choose from, as they are typed; the top is not among them. */
export const folderNames = (folders: readonly FolderPath[]): string[] => folders.map((path) => path.join('/'));
