/**
 * The saved queries and their folders, read once and then changed one change after the other. A change is made of what there
 * is at that moment, written, and only then true: one that fails leaves everything as it was.
 */
import { join } from 'node:path';
import { Fault } from '../../shared/errors.ts';
import type { QueryDetails, QueryLibrary, QuerySubject } from '../../shared/ipc-queries.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import { type FolderPath, folderKey, folderProblem, freeName, isInside } from '../../shared/queries.ts';
import { digest, FOLDERS, fileOf, type Held, openQueryFiles } from './files.ts';
import { bounded, folderGone, movedFolders, spelt, taken, withParents } from './folders.ts';
import { type Written, write } from './front.ts';
import { placeOf, problemOf } from './rules.ts';

/** What there is. */
export interface Now {
  readonly queries: ReadonlyMap<string, Written>;
  readonly folders: readonly FolderPath[];
}
/** Queries to be written, by id; and all folders, where those change. */
export interface Change {
  readonly queries?: ReadonlyMap<string, Written>;
  readonly folders?: readonly FolderPath[];
}
export interface Library {
  list(): Promise<QueryLibrary>;
  read(id: string): Promise<{ rev: string; text: string } | null>;
  search(typed: string): Promise<string[]>;
  create(draft: QueryDetails & { id: string; text: string }): Promise<QueryLibrary>;
  saveText(wish: { id: string; text: string; base: string | null }): Promise<QueryLibrary>;
  saveDetails(details: QueryDetails & { id: string }): Promise<QueryLibrary>;
  makeFolder(path: FolderPath): Promise<QueryLibrary>;
  moveFolder(wish: { from: FolderPath; to: FolderPath }): Promise<QueryLibrary>;
  remove(what: QuerySubject): Promise<QueryLibrary>;
  undo(deletion: string): Promise<QueryLibrary>;
  /** For what goes out and comes in: made of what there is, all of it or nothing. */
  change<T>(make: (now: Now) => Change & { readonly value: T }): Promise<T>;
  /** Throws a Fault where the subject is not there. */
  select(what: QuerySubject): Promise<Now>;
}

interface Deletion extends Now {
  readonly id: string;
  readonly words: string;
}
const MOST_DELETIONS = 20;

export function openLibrary(directory: string, now: () => number, newId: () => string): Library {
  const files = openQueryFiles(join(directory, 'queries'), now);
  const stamp = (): string => new Date(now()).toISOString();
  let held: Map<string, Held> | null = null;
  let folders: readonly FolderPath[] = [];
  let mishaps: readonly Mishap[] = [];
  let deletions: readonly Deletion[] = [];
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: nothing is decided on what another change is just replacing. */
  const inTurn = <T>(work: (queries: Map<string, Held>) => Promise<T>): Promise<T> => {
    const mine = last.then(async () => {
      if (held === null) {
        const loaded = await files.load();
        held = loaded.queries;
        folders = withParents([...loaded.folders, ...[...held.values()].map(({ query }) => query.folder)]);
        mishaps = loaded.mishaps;
      }
      return work(held);
    });
    last = mine.catch(() => undefined);
    return mine;
  };
  const nowOf = (queries: ReadonlyMap<string, Held>): Now => ({
    queries: new Map([...queries].map(([id, { query }]) => [id, query])),
    folders,
  });
  const apply = async (queries: Map<string, Held>, change: Change): Promise<void> => {
    const changed = new Map(
      [...(change.queries ?? [])].map(([id, query]) => [id, { ...query, folder: spelt(query.folder, folders) }]),
    );
    const all = withParents([...(change.folders ?? folders), ...[...changed.values()].map(({ folder }) => folder)]);
    bounded(nowOf(queries), changed, all);
    const contents = new Map([...changed].map(([id, query]) => [id, write(query)]));
    const out = new Map([...contents].map(([id, content]) => [fileOf(id), content]));
    if (JSON.stringify(all) !== JSON.stringify(folders)) out.set(FOLDERS, JSON.stringify(all));
    if (out.size > 0) await files.write(out);
    for (const [id, query] of changed) queries.set(id, { query, file: digest(contents.get(id) ?? '') });
    folders = all;
  };
  /** As it is on the disk: another program may have changed it. */
  const fresh = async (queries: Map<string, Held>, id: string): Promise<Held | null> => {
    const found = await files.one(id);
    if (found === undefined)
      throw new Fault('query_unreadable', 'The file of this saved query cannot be read any more.', KEPT_IN_TAB);
    if (found === null) queries.delete(id);
    else if (found.file !== queries.get(id)?.file) queries.set(id, found);
    return found;
  };
  const present = async (queries: Map<string, Held>, id: string): Promise<Held> => {
    const found = await fresh(queries, id);
    if (found === null) throw new Fault('query_gone', 'This saved query is not there any more.', KEPT_IN_TAB);
    return found;
  };
  const listed = (queries: ReadonlyMap<string, Held>): QueryLibrary => {
    const told = mishaps;
    mishaps = [];
    return {
      folders: folders.map((path) => [...path]),
      queries: [...queries].map(([id, { query }]) => viewOf(id, query)),
      deleted: deletions.map(({ id, words }) => ({ id, words })),
      mishaps: told.map(({ code, message, hint }) => ({ code, message, hint: hint ?? '' })),
    };
  };
  const put = async (queries: Map<string, Held>, id: string, query: Written): Promise<QueryLibrary> => {
    const problem = problemOf(query);
    if (problem !== null) throw new Fault('query_refused', problem, 'Nothing was saved.');
    for (const [other, { query: there }] of queries)
      if (other !== id && placeOf(there) === placeOf(query)) throw taken('query', query.name, query.folder);
    await apply(queries, { queries: new Map([[id, query]]) });
    return listed(queries);
  };

  return {
    list: () => inTurn(async (queries) => listed(queries)),
    read: (id) =>
      inTurn(async (queries) => {
        const found = await fresh(queries, id);
        return found === null ? null : { rev: digest(found.query.text), text: found.query.text };
      }),
    search: (typed) =>
      inTurn(async (queries) => {
        const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
        const holds = ({ name, folder, description, text }: Written): boolean => {
          const all = [name, ...folder, description, text].join('\n').toLowerCase();
          return words.every((word) => all.includes(word));
        };
        return [...queries].filter(([, { query }]) => holds(query)).map(([id]) => id);
      }),
    create: ({ id, ...draft }) =>
      inTurn(async (queries) => {
        // A file that could not be read keeps its name, too.
        if ((await files.one(id)) !== null) throw taken('query', draft.name, draft.folder);
        return put(queries, id, { ...draft, created: stamp(), updated: stamp() });
      }),
    saveText: ({ id, text, base }) =>
      inTurn(async (queries) => {
        const { query } = await present(queries, id);
        if (base !== null && base !== digest(query.text))
          throw new Fault(
            'query_changed',
            `“${query.name}” was changed elsewhere since you opened it. Nothing was saved.`,
            'Save over it, save as a new one, or go back to what is saved.',
          );
        return put(queries, id, { ...query, text, updated: stamp() });
      }),
    saveDetails: ({ id, ...details }) =>
      inTurn(async (queries) => {
        const { query } = await present(queries, id);
        return put(queries, id, { ...query, ...details, updated: stamp() });
      }),
    makeFolder: (path) =>
      inTurn(async (queries) => {
        const problem = folderProblem(path);
        if (problem !== null || path.length === 0) throw new Fault('query_refused', problem ?? 'A name is needed.');
        if (folders.some((one) => folderKey(one) === folderKey(path)))
          throw taken('folder', path.at(-1) ?? '', path.slice(0, -1));
        await apply(queries, { folders: [...folders, path] });
        return listed(queries);
      }),
    moveFolder: ({ from, to }) =>
      inTurn(async (queries) => {
        const moved = movedFolders(folders, from, to);
        const inside = [...queries].filter(([, { query }]) => isInside(query.folder, from));
        const away = (path: FolderPath): FolderPath => [...to, ...path.slice(from.length)];
        const problem = folderProblem(to) ?? moved.map(folderProblem).find((one) => one !== null) ?? null;
        if (problem !== null) throw new Fault('query_refused', problem, 'Nothing was moved.');
        const before = folders;
        // The new spelling counts, not the one that is going.
        folders = folders.filter((path) => !isInside(path, from));
        try {
          const changed = inside.map(([id, { query }]) => [id, { ...query, folder: [...away(query.folder)] }] as const);
          await apply(queries, { queries: new Map(changed), folders: moved });
        } catch (error) {
          folders = before;
          throw error;
        }
        return listed(queries);
      }),
    remove: (what) =>
      inTurn(async (queries) => {
        const gone = selected(nowOf(queries), what);
        const left = folders.filter((path) => !gone.folders.includes(path));
        const stay = withParents(what.kind === 'query' ? folders : left);
        await files.remove([...gone.queries.keys()]);
        for (const id of gone.queries.keys()) queries.delete(id);
        const words = wordsOf(what, gone);
        deletions = [{ id: newId(), words, ...gone }, ...deletions].slice(0, MOST_DELETIONS);
        // Where that fails the empty folder is there again at the next start, and nothing is lost.
        await apply(queries, { folders: stay }).catch(() => {
          folders = stay;
        });
        return listed(queries);
      }),
    undo: (deletion) =>
      inTurn(async (queries) => {
        const back = deletions.find(({ id }) => id === deletion);
        if (back === undefined)
          throw new Fault(
            'undo_gone',
            'This deletion cannot be undone any more.',
            'Only the last 20 can, until Vitrine is closed.',
          );
        const places = new Set([...queries.values()].map(({ query }) => placeOf(query)));
        const restored = [...back.queries].map(([id, query]) => {
          const name = freeName(query.name, (one) => places.has(placeOf({ ...query, name: one })));
          return [id, { ...query, name }] as const;
        });
        await apply(queries, { queries: new Map(restored), folders: [...folders, ...back.folders] });
        deletions = deletions.filter((one) => one !== back);
        return listed(queries);
      }),
    change: (make) =>
      inTurn(async (queries) => {
        const { value, ...change } = make(nowOf(queries));
        await apply(queries, change);
        return value;
      }),
    select: (what) => inTurn(async (queries) => selected(nowOf(queries), what)),
  };
}

const KEPT_IN_TAB = 'The text in your tab stays. Save it as a new query to keep it.';

function viewOf(id: string, { text, created, updated, ...details }: Written): QueryLibrary['queries'][number] {
  const at = created ?? updated ?? new Date(0).toISOString();
  return {
    ...details,
    folder: [...details.folder],
    parameters: [...details.parameters],
    id,
    rev: digest(text),
    length: text.length,
    created: at,
    updated: updated ?? at,
  };
}

function selected(now: Now, what: QuerySubject): Now {
  if (what.kind === 'all') return now;
  if (what.kind === 'query') {
    const query = now.queries.get(what.id);
    if (query === undefined) throw new Fault('query_gone', 'This saved query is not there any more.');
    return { queries: new Map([[what.id, query]]), folders: [] };
  }
  const folders = now.folders.filter((path) => isInside(path, what.path));
  if (folders.length === 0) throw folderGone(what.path);
  return { queries: new Map([...now.queries].filter(([, { folder }]) => isInside(folder, what.path))), folders };
}

function wordsOf(what: QuerySubject, { queries }: Now): string {
  if (what.kind === 'query') return `“${[...queries.values()][0]?.name ?? ''}”`;
  const inside =
    queries.size === 0
      ? 'an empty folder'
      : `a folder with ${queries.size} ${queries.size === 1 ? 'query' : 'queries'}`;
  return what.kind === 'all' ? 'everything' : `“${what.path.at(-1) ?? ''}”, ${inside}`;
}
