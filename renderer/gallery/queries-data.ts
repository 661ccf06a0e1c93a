/** Answers to the calls about saved queries: what the scene says, and the same again after every change. */
import type { CallName } from '../../shared/ipc.ts';
import type { QueryLibrary } from '../../shared/ipc-queries.ts';
import type { Bridge } from '../bridge.ts';
import { script } from './data.ts';
import type { Scene } from './scene.ts';

type QueryCall = Extract<
  CallName,
  | 'listQueries'
  | 'readQuery'
  | 'searchQueries'
  | 'createQuery'
  | 'saveQueryText'
  | 'saveQueryDetails'
  | 'makeQueryFolder'
  | 'moveQueryFolder'
  | 'deleteQueries'
  | 'undoQueryDelete'
  | 'exportQueries'
  | 'planQueryImport'
  | 'importQueries'
>;
const none: QueryLibrary = { folders: [], queries: [], deleted: [], mishaps: [] };
const ok = async <T>(value: T) => ({ ok: true, value }) as const;

export function queryCalls(scene: Scene): Pick<Bridge, QueryCall> {
  const { queries = none } = scene;
  const list = async () => ('code' in queries ? ({ ok: false, error: queries } as const) : ok(queries));
  return {
    listQueries: list,
    async readQuery(id) {
      const rev = 'code' in queries ? undefined : queries.queries.find((query) => query.id === id)?.rev;
      return ok(rev === undefined ? null : { rev, text: scene.linked?.now ?? script });
    },
    searchQueries: (typed) =>
      ok(
        'code' in queries
          ? []
          : queries.queries.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase())).map(({ id }) => id),
      ),
    createQuery: list,
    saveQueryText: list,
    saveQueryDetails: list,
    makeQueryFolder: list,
    moveQueryFolder: list,
    async deleteQueries() {
      if ('code' in queries) return { ok: false, error: queries };
      return ok({ ...queries, queries: queries.queries.slice(1), deleted: [{ id: 'd', words: '“Stuck orders”' }] });
    },
    undoQueryDelete: list,
    exportQueries: () => ok({ file: 'saved queries.json', folder: '~/Downloads', queries: 12 }),
    planQueryImport: () => ok(scene.plan ?? null),
    importQueries: () => ok({ added: 3, replaced: 0, library: 'code' in queries ? none : queries }),
  };
}
