/**
 * The folder of saved queries: one `.sql` for each, `folders.json` for folders that may be empty. A file is replaced whole.
 * Several are first written beside (`incoming`), get their place by one rename (`ready`), and are then moved one by one,
 * which is finished at the next start where a crash came between: all of them or none. Damaged files are put aside.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../shared/errors.ts';
import { queryId } from '../../shared/ipc-queries.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import { type FolderPath, folderProblem, MAX_QUERY_TEXT } from '../../shared/queries.ts';
import { codeOf, isMissing, replaceFile, whyNot, writeFlushed } from '../disk.ts';
import { read, type Written } from './front.ts';
import { problemOf } from './rules.ts';

/** A query and the digest of the file that it stands in. */
export interface Held {
  readonly query: Written;
  readonly file: string;
}
export interface Loaded {
  readonly queries: Map<string, Held>;
  readonly folders: readonly FolderPath[];
  readonly mishaps: readonly Mishap[];
}
export interface QueryFiles {
  /** Throws a Fault `queries_unreadable`. */
  load(): Promise<Loaded>;
  /** `null`: there is none. `undefined`: there is one, and it is not a query. */
  one(id: string): Promise<Held | null | undefined>;
  /** All of them or none. Names of files and what is in them. Throws a Fault `query_not_saved`. */
  write(files: ReadonlyMap<string, string>): Promise<void>;
  /** Out of the collection, until the next start. All or none; throws a Fault `query_not_saved`. */
  remove(ids: readonly string[]): Promise<void>;
}

const EXTENSION = '.sql';
export const FOLDERS = 'folders.json';
export const fileOf = (id: string): string => `${id}${EXTENSION}`;
const INCOMING = 'incoming';
const READY = 'ready';
const DELETED = 'deleted';
/** Written at the same time: half of Node's threads for files stay free, because the log of statements needs them. */
const WRITTEN_AT_ONCE = 2;
const READ_AT_ONCE = 16;
/** The longest text in UTF-8, and its front. */
const MOST_BYTES = MAX_QUERY_TEXT * 4 + 1_000_000;
const folderList = z.array(
  z
    .array(z.string())
    .min(1)
    .refine((path) => folderProblem(path) === null),
);

export const digest = (content: string): string =>
  createHash('sha256').update(content).digest('base64url').slice(0, 22);

export function openQueryFiles(folder: string, now: () => number): QueryFiles {
  const at = (...names: readonly string[]): string => join(folder, ...names);

  const finish = async (): Promise<void> => {
    const names = await readdir(at(READY)).catch(absent([]));
    for (const name of names) await rename(at(READY, name), at(name));
    await rm(at(READY), { recursive: true, force: true });
  };
  const readOne = async (id: string): Promise<{ held: Held } | { why: string; keep: boolean }> => {
    const { size } = await stat(at(fileOf(id)));
    if (size > MOST_BYTES) return { why: 'is too long for a saved query', keep: true };
    const bytes = await readFile(at(fileOf(id)));
    const content = bytes.toString('utf8');
    if (content.includes('\uFFFD') && !Buffer.from(content).equals(bytes)) return { why: 'is damaged', keep: false };
    const found = read(content);
    if (found.kind === 'newer') return { why: 'was written by a newer Vitrine', keep: true };
    if (found.kind !== 'query') return { why: 'is damaged', keep: false };
    // Somebody has written it by hand: it is theirs, and it stays.
    const problem = problemOf(found.query);
    if (problem !== null) return { why: `is not as Vitrine keeps them (${problem})`, keep: true };
    return { held: { query: found.query, file: digest(content) } };
  };
  const readFolders = async (mishaps: Mishap[]): Promise<readonly FolderPath[]> => {
    const content = await readFile(at(FOLDERS), 'utf8').catch(absent('[]'));
    try {
      return folderList.parse(JSON.parse(content));
    } catch {
      const aside = `${at(FOLDERS)}.damaged-${now()}`;
      await rename(at(FOLDERS), aside);
      mishaps.push({
        code: 'query_folders_damaged',
        message: `The list of folders of your saved queries was damaged. It is kept at ${aside}.`,
        hint: 'Every query is where it was; only empty folders are lost.',
      });
      return [];
    }
  };

  return {
    async load() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await rm(at(INCOMING), { recursive: true, force: true });
        await rm(at(DELETED), { recursive: true, force: true });
        await finish();
        const mishaps: Mishap[] = [];
        const found = new Map<string, Held>();
        const ids = (await readdir(folder))
          .filter((name) => name.endsWith(EXTENSION))
          .map((name) => basename(name, EXTENSION))
          .filter((id) => queryId.safeParse(id).success)
          .sort();
        await inTurns(ids, READ_AT_ONCE, async (id) => {
          const one = await readOne(id).catch((error: unknown) => ({
            why: `cannot be read (${codeOf(error)})`,
            keep: true,
          }));
          if ('held' in one) found.set(id, one.held);
          else mishaps.push(await toldOf(at(fileOf(id)), one, now));
        });
        const inOrder = ids.map((id) => [id, found.get(id)] as const);
        const queries = new Map(inOrder.flatMap(([id, one]) => (one === undefined ? [] : [[id, one] as const])));
        return { queries, folders: await readFolders(mishaps), mishaps };
      } catch (error) {
        throw new Fault(
          'queries_unreadable',
          `Your saved queries could not be read: ${whyNot(error)} (${folder}).`,
          'Nothing was changed. Look at the folder, then try again.',
          { cause: error },
        );
      }
    },
    async one(id) {
      try {
        const found = await readOne(id);
        return 'held' in found ? found.held : undefined;
      } catch (error) {
        return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' ? null : undefined;
      }
    },
    async write(files) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await finish();
        const [only, ...more] = files;
        if (only !== undefined && more.length === 0) {
          await replaceFile(at(only[0]), only[1]);
          return;
        }
        await rm(at(INCOMING), { recursive: true, force: true });
        await mkdir(at(INCOMING), { mode: 0o700 });
        await inTurns([...files], WRITTEN_AT_ONCE, ([name, content]) => writeFlushed(at(INCOMING, name), content));
        await rename(at(INCOMING), at(READY));
      } catch (error) {
        await rm(at(INCOMING), { recursive: true, force: true }).catch(() => undefined);
        throw notSaved(error);
      }
      // From here on it will be done; what cannot be moved now is moved before the next change or at the next start.
      await finish().catch(() => undefined);
    },
    async remove(ids) {
      const gone: string[] = [];
      try {
        await mkdir(at(DELETED), { recursive: true, mode: 0o700 });
        for (const id of ids) {
          await rename(at(fileOf(id)), at(DELETED, fileOf(id))).catch(absent(undefined));
          gone.push(id);
        }
      } catch (error) {
        for (const id of gone) await rename(at(DELETED, fileOf(id)), at(fileOf(id))).catch(() => undefined);
        throw notSaved(error);
      }
    },
  };
}

async function toldOf(file: string, { why, keep }: { why: string; keep: boolean }, now: () => number): Promise<Mishap> {
  const aside = `${file}.damaged-${now()}`;
  if (!keep) await rename(file, aside);
  return {
    code: `query_${keep ? 'unreadable' : 'damaged'}_${basename(file, EXTENSION)}`.slice(0, 64),
    message: `A saved query ${why}. ${keep ? `The file was left as it is: ${file}.` : `Its file is kept at ${aside}.`}`,
    hint: 'Every other query is as you left it. The file is text: any editor opens it.',
  };
}

/** Several at a time, but never thousands of open files. */
async function inTurns<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += atOnce) await Promise.all(all.slice(from, from + atOnce).map(work));
}

/** What stands for a file or folder that is not there; anything else goes on as the error that it is. */
const absent =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (isMissing(error)) return instead;
    throw error;
  };
const notSaved = (error: unknown): Fault =>
  new Fault(
    'query_not_saved',
    `Your saved queries could not be changed: ${whyNot(error)}. They are as they were.`,
    'The text stays in its tab. Make room, then try again.',
    { cause: error },
  );
