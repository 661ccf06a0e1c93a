/** The saved queries as a flat list of visible lines, and what a key does on one of them. Pure. */
import type { QueryLibrary, SavedQuery } from '../../shared/ipc-queries.ts';
import { type FolderPath, folderKey, isInside } from '../../shared/queries.ts';

export type Line =
  | {
      readonly kind: 'folder';
      readonly key: string;
      readonly level: number;
      readonly name: string;
      readonly path: FolderPath;
      readonly open: boolean;
      /** Queries in it, at any depth. */
      readonly count: number;
    }
  | {
      readonly kind: 'query';
      readonly key: string;
      readonly level: number;
      readonly name: string;
      readonly query: SavedQuery;
    };

const folderLine = (path: FolderPath): string => `folder ${folderKey(path)}`;
const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' });

/**
 * Folders first, then queries, each by name. `shut`: keys of folders that are closed. `found`: ids that a search has found;
 * then only those and the folders around them are shown, all open. Null: no search.
 */
export function linesOf(
  { folders, queries }: Pick<QueryLibrary, 'folders' | 'queries'>,
  shut: ReadonlySet<string>,
  found: ReadonlySet<string> | null,
): Line[] {
  const shown = found === null ? queries : queries.filter(({ id }) => found.has(id));
  const inFolder = Map.groupBy(shown, ({ folder }) => folderKey(folder));
  const below = Map.groupBy(folders, (path) => folderKey(path.slice(0, -1)));
  const counts = new Map<string, number>();
  for (const { folder } of shown)
    for (let depth = 1; depth <= folder.length; depth++) {
      const key = folderKey(folder.slice(0, depth));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  const inside = (parent: FolderPath): Line[] => [
    ...(below.get(folderKey(parent)) ?? [])
      .filter((path) => path.length > 0)
      .map((path) => ({ path, name: path.at(-1) ?? '' }))
      .sort(byName)
      .flatMap(({ path, name }): Line[] => {
        const count = counts.get(folderKey(path)) ?? 0;
        if (found !== null && count === 0) return [];
        const key = folderLine(path);
        const open = found !== null || !shut.has(key);
        return [{ kind: 'folder', key, level: path.length, name, path, open, count }, ...(open ? inside(path) : [])];
      }),
    ...(inFolder.get(folderKey(parent)) ?? [])
      .toSorted(byName)
      .map((query): Line => ({ kind: 'query', key: query.id, level: parent.length + 1, name: query.name, query })),
  ];
  return inside([]);
}

export type Move =
  | { readonly to: number }
  | { readonly toggle: string }
  | { readonly open: SavedQuery; readonly run: boolean }
  | { readonly rename: Line }
  | { readonly remove: Line }
  | { readonly menu: Line };
/** The part of a key's event that counts here. */
export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What a key does on the line `at`; null where it is not the tree's. `page`: lines that are seen at once. */
export function press(lines: readonly Line[], at: number, event: Press, page: number): Move | null {
  const line = lines[at];
  if (line === undefined) return null;
  // With Ctrl, Enter runs what is in the editor, as everywhere.
  if (event.ctrlKey || event.metaKey) return null;
  const within = (to: number): Move => ({ to: Math.max(0, Math.min(lines.length - 1, to)) });
  if (event.key === 'Enter' && line.kind === 'query') return { open: line.query, run: event.shiftKey };
  switch (event.key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at - 1);
    case 'PageDown':
      return within(at + page);
    case 'PageUp':
      return within(at - page);
    case 'Home':
      return within(0);
    case 'End':
      return within(lines.length - 1);
    case 'Enter':
    case ' ':
      return line.kind === 'folder' ? { toggle: line.key } : null;
    case 'ArrowRight':
      if (line.kind === 'query') return null;
      return line.open ? within(at + 1) : { toggle: line.key };
    case 'ArrowLeft': {
      if (line.kind === 'folder' && line.open) return { toggle: line.key };
      const parent = lines.slice(0, at).findLastIndex(({ level }) => level < line.level);
      return parent < 0 ? null : within(parent);
    }
    case 'F2':
      return { rename: line };
    case 'Delete':
      return { remove: line };
    case 'ContextMenu':
      return { menu: line };
    case 'F10':
      return event.shiftKey ? { menu: line } : null;
    default:
      return null;
  }
}

/** The next line from `at` on, around the end, whose name begins with what was typed; -1 where there is none. */
export function typed(lines: readonly Line[], at: number, letters: string): number {
  const wanted = letters.toLowerCase();
  // One letter again and again goes on; more letters may be of the line itself.
  const from = letters.length === 1 ? at + 1 : at;
  for (let n = 0; n < lines.length; n++) {
    const i = (from + n) % lines.length;
    if (lines[i]?.name.toLowerCase().startsWith(wanted) === true) return i;
  }
  return -1;
}

/** Whether a line may be put into a folder: not where it is, and no folder into itself. */
export function mayMove(line: Line, into: FolderPath): boolean {
  const from = line.kind === 'query' ? line.query.folder : line.path.slice(0, -1);
  if (folderKey(from) === folderKey(into)) return false;
  return line.kind === 'query' || !isInside(into, line.path);
}

/** The folder that something is dropped into on a line. */
export const folderAt = (line: Line): FolderPath => (line.kind === 'folder' ? line.path : line.query.folder);
