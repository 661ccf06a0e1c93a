/** What a snippet may be, in words; and a text made into one. Pure. */
import { MAX_SNIPPETS } from '../../shared/editor.ts';
import type { Snippet } from '../../shared/ipc-editor.ts';

export type Field = 'prefix' | 'body';

/** Why it cannot be saved beside the others; null when it can. */
export function problemOf(draft: Snippet, all: readonly Snippet[]): { field: Field; message: string } | null {
  const others = all.filter(({ id }) => id !== draft.id);
  if (draft.prefix === '') return { field: 'prefix', message: 'What do you want to type to get it?' };
  if (!/^\S{1,40}$/.test(draft.prefix))
    return { field: 'prefix', message: 'At most 40 characters, without white space.' };
  if (others.some(({ prefix }) => prefix === draft.prefix))
    return { field: 'prefix', message: `There is a snippet ${draft.prefix} already.` };
  if (draft.body.trim() === '') return { field: 'body', message: 'It has no text yet.' };
  if (draft.body.length > 100_000) return { field: 'body', message: 'At most 100,000 characters.' };
  if (others.length >= MAX_SNIPPETS) return { field: 'body', message: 'There are 1,000 snippets; delete one first.' };
  return null;
}

/** A body that gives exactly this text: dollars and backslashes mean something in a body. */
export const fromSelection = (text: string): string => text.replace(/[\\$]/g, '\\$&');

/** In the order of their prefixes. */
export const sorted = (all: readonly Snippet[]): readonly Snippet[] =>
  all.toSorted((a, b) => a.prefix.localeCompare(b.prefix, 'en'));
