/** What the panel asks of main; what is refused is said. */
import type { ImportPlan, QuerySubject, SavedQuery } from '../../shared/ipc-queries.ts';
import type { FolderPath } from '../../shared/queries.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useToast } from '../ui/Toasts.tsx';
import { plural } from '../words/format.ts';
import type { QueryStore } from './store.ts';
import type { Line } from './tree.ts';

export interface PanelWork {
  move(line: Line, into: FolderPath): Promise<boolean>;
  rename(line: Line, name: string): Promise<boolean>;
  /** The deletion that can be undone; null where nothing was deleted. */
  remove(line: Line): Promise<string | null>;
  undo(deletion: string): Promise<boolean>;
  exportTo(what: QuerySubject, as: 'json' | 'sql'): Promise<void>;
  /** What the chosen files hold; null where none was chosen or none can be meant. */
  readFiles(): Promise<ImportPlan | null>;
}

export const subjectOf = (line: Line): QuerySubject =>
  line.kind === 'query' ? { kind: 'query', id: line.query.id } : { kind: 'folder', path: [...line.path] };

export function usePanelWork(bridge: Bridge, store: QueryStore): PanelWork {
  const say = useToast();
  const change = async (call: Parameters<QueryStore['take']>[0]): Promise<boolean> => {
    const failed = await store.take(call);
    if (failed !== null) say(failed);
    return failed === null;
  };
  const changeDetails = (
    { id, name, folder, description, target, parameters }: SavedQuery,
    part: { readonly name?: string; readonly folder?: string[] },
  ) => change(bridge.saveQueryDetails({ id, name, folder, description, target, parameters, ...part }));
  return {
    move: (line, into) =>
      line.kind === 'query'
        ? changeDetails(line.query, { folder: [...into] })
        : change(bridge.moveQueryFolder({ from: [...line.path], to: [...into, line.name] })),
    rename: (line, name) =>
      line.kind === 'query'
        ? changeDetails(line.query, { name })
        : change(bridge.moveQueryFolder({ from: [...line.path], to: [...line.path.slice(0, -1), name] })),
    async remove(line) {
      const answer = await ask(bridge.deleteQueries(subjectOf(line)));
      if (!answer.ok) {
        say(answer.error);
        // It may be gone already.
        await store.refresh();
        return null;
      }
      await store.take(Promise.resolve(answer));
      return answer.value.deleted[0]?.id ?? null;
    },
    undo: (deletion) => change(bridge.undoQueryDelete(deletion)),
    async exportTo(what, as) {
      const answer = await ask(bridge.exportQueries({ what, as }));
      if (!answer.ok) say(answer.error);
      else if (answer.value !== null) {
        const { file, folder, queries } = answer.value;
        const message = `${plural(queries, 'query', 'queries')} written to ${file} in ${folder}.`;
        say({ code: 'queries_exported', message, hint: null, kind: 'ok', fleeting: true });
      }
    },
    async readFiles() {
      const answer = await ask(bridge.planQueryImport());
      if (!answer.ok) say(answer.error);
      return answer.ok ? answer.value : null;
    },
  };
}
