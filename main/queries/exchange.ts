/**
 * Saved queries out to a file and in from files, each chosen in a dialog of the system (I7). What comes in is anybody's: it is
 * bounded before it is read, judged before it is shown, and written only when a person has said so, all of it or nothing.
 */
import { basename, dirname } from 'node:path';
import { Fault } from '../../shared/errors.ts';
import type { CallArgs, CallValue } from '../../shared/ipc.ts';
import type { ImportPlan, QuerySubject } from '../../shared/ipc-queries.ts';
import { type FolderPath, folderProblem, MAX_QUERIES } from '../../shared/queries.ts';
import { folderWords, writeWhole } from '../proxy/index.ts';
import { pack } from './bundle.ts';
import { write } from './front.ts';
import type { Library, Now } from './library.ts';
import { planOf, resultOf } from './plan.ts';
import { type Incoming, readIncoming } from './read.ts';

export interface Exchange {
  export(wish: CallArgs<'exportQueries'>[0]): Promise<CallValue<'exportQueries'>>;
  plan(): Promise<ImportPlan | null>;
  import(wish: CallArgs<'importQueries'>[0]): Promise<CallValue<'importQueries'>>;
}
export interface ExchangeOptions {
  readonly library: Library;
  /** Where a file is to go; null: nowhere. */
  readonly askFile: (proposal: { readonly name: string; readonly extension: string }) => Promise<string | null>;
  /** Which files are to be read; null: none. */
  readonly askFiles: (wish: {
    readonly title: string;
    readonly extensions: readonly string[];
  }) => Promise<readonly string[] | null>;
  readonly now: () => number;
  readonly newId: () => string;
}

export function openExchange({ library, askFile, askFiles, now, newId }: ExchangeOptions): Exchange {
  /** What was read last and not yet taken; one dialog at a time. */
  let waiting: { readonly id: string; readonly incoming: Incoming } | null = null;
  return {
    async export({ what, as }) {
      const chosen = await library.select(what);
      const path = await askFile({ name: `${proposedName(what, chosen)}.${as}`, extension: as });
      if (path === null) return null;
      const content =
        as === 'sql'
          ? sqlOf(chosen)
          : pack(chosen.folders, [...chosen.queries.values()], new Date(now()).toISOString());
      await writeWhole(path, (file) => file.write(Buffer.from(content)));
      return { file: basename(path), folder: folderWords(dirname(path)), queries: chosen.queries.size };
    },
    async plan() {
      const paths = await askFiles({ title: 'Import saved queries', extensions: ['json', 'sql'] });
      if (paths === null) return null;
      const incoming = await readIncoming(paths);
      waiting = { id: newId(), incoming };
      const here = await library.select({ kind: 'all' });
      const entries = planOf(incoming.found, here.queries);
      const added = entries.filter(({ status }) => status === 'new').length;
      return {
        id: waiting.id,
        files: incoming.files.map((name) => name.slice(0, 300)),
        entries,
        folders: freshFolders(incoming.folders, here.folders).length,
        problem:
          here.queries.size + added > MAX_QUERIES
            ? `At most ${MAX_QUERIES} queries are kept: ${here.queries.size} are here, and ${added} would be added.`
            : null,
      };
    },
    async import({ plan, choices }) {
      if (waiting?.id !== plan)
        throw new Fault(
          'import_gone',
          'This import is not waiting any more. Nothing was added.',
          'Choose the files again.',
        );
      const { incoming } = waiting;
      const done = await library.change((here) => {
        const { queries, ...counts } = resultOf(
          incoming.found,
          here.queries,
          new Map(choices.map(({ n, how }) => [n, how])),
          newId,
        );
        const folders = [...here.folders, ...freshFolders(incoming.folders, here.folders)];
        return { queries, folders, value: counts };
      });
      waiting = null;
      return { ...done, library: await library.list() };
    },
  };
}

const freshFolders = (found: readonly FolderPath[], here: readonly FolderPath[]): FolderPath[] => {
  const known = new Set(here.map((path) => path.join('/')));
  return found.filter((path) => folderProblem(path) === null && !known.has(path.join('/')));
};

function sqlOf({ queries }: Now): string {
  const [only, ...more] = queries.values();
  if (only === undefined || more.length > 0)
    throw new Fault('invalid_input', 'One .sql holds one query.', 'Export several as .json.');
  return write(only);
}

/** A name that every system takes as a file's. */
function proposedName(what: QuerySubject, { queries }: Now): string {
  const name =
    what.kind === 'query'
      ? ([...queries.values()][0]?.name ?? '')
      : what.kind === 'folder'
        ? (what.path.at(-1) ?? '')
        : 'saved queries';
  const plain = name
    .replace(/[<>:"/\\|?*]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/[. ]+$/, '')
    .trim();
  return plain === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? 'saved query' : plain;
}
