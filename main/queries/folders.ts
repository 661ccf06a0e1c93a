/** Which folders there are after a change, what fits in, and how it is refused. Pure. */
import { Fault } from '../../shared/errors.ts';
import {
  type FolderPath,
  folderKey,
  folderWords,
  isInside,
  MAX_ALL_TEXTS,
  MAX_FOLDERS,
  MAX_QUERIES,
} from '../../shared/queries.ts';
import type { Written } from './front.ts';

/** Every folder once, those around it included, parents first; the first spelling of a name counts. */
export function withParents(paths: readonly FolderPath[]): FolderPath[] {
  const all = new Map<string, FolderPath>();
  for (const path of paths) {
    let parent: FolderPath = [];
    for (const name of path) {
      const key = folderKey([...parent, name]);
      parent = all.get(key) ?? [...parent, name];
      all.set(key, parent);
    }
  }
  return [...all.values()].sort((a, b) => (folderKey(a) < folderKey(b) ? -1 : 1));
}

/** As the folders that are there are written: `incidents` is `Incidents` where that is. */
export function spelt(path: FolderPath, folders: readonly FolderPath[]): string[] {
  const known = folders.filter((one) => isInside(path, one)).sort((a, b) => b.length - a.length)[0] ?? [];
  return [...known, ...path.slice(known.length)];
}

export function movedFolders(folders: readonly FolderPath[], from: FolderPath, to: FolderPath): FolderPath[] {
  if (from.length === 0 || !folders.some((path) => folderKey(path) === folderKey(from))) throw folderGone(from);
  const same = folderKey(from) === folderKey(to);
  if (!same && isInside(to, from))
    throw new Fault('query_refused', 'A folder cannot be moved into itself.', 'Nothing was moved.');
  if (!same && folders.some((path) => folderKey(path) === folderKey(to)))
    throw taken('folder', to.at(-1) ?? '', to.slice(0, -1));
  return folders.map((path) => (isInside(path, from) ? [...to, ...path.slice(from.length)] : path));
}

/** Throws a Fault `too_many_queries` where the collection would grow out of its bounds. */
export function bounded(
  now: { readonly queries: ReadonlyMap<string, Written>; readonly folders: readonly FolderPath[] },
  changed: ReadonlyMap<string, Written>,
  folders: readonly FolderPath[],
): void {
  const all = new Map([...now.queries, ...changed]);
  let characters = 0;
  for (const { text } of all.values()) characters += text.length;
  const full = (what: string): Fault =>
    new Fault('too_many_queries', `${what} Nothing was saved.`, 'Delete or export some that you do not need.');
  if (all.size > MAX_QUERIES && all.size > now.queries.size)
    throw full(`At most ${MAX_QUERIES} queries are kept; this would be ${all.size}.`);
  if (folders.length > MAX_FOLDERS && folders.length > now.folders.length)
    throw full(`At most ${MAX_FOLDERS} folders are kept; this would be ${folders.length}.`);
  if (characters > MAX_ALL_TEXTS)
    throw full(`The texts of all saved queries have at most ${MAX_ALL_TEXTS} characters together.`);
}

export const taken = (what: 'query' | 'folder', name: string, folder: FolderPath): Fault =>
  new Fault(
    'query_name_taken',
    `There is already a ${what} called “${name}” in ${folderWords(folder)}.`,
    'Choose another name.',
  );
export const folderGone = (path: FolderPath): Fault =>
  new Fault('query_folder_gone', `The folder “${path.at(-1) ?? ''}” is not there any more.`, 'Nothing was changed.');
