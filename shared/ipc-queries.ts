/**
 * Saved queries: texts with a name, in folders, and the calls for them; part of `ipc.ts`. A text is what a person wrote and
 * chose to keep. Row data is in no shape here, and files come and go through a dialog of main. (I7, I8)
 */
import { z } from 'zod';
import { MAX_PARAMETERS } from './editor.ts';
import { timestamp } from './grants.ts';
import { parameterValue } from './ipc-editor.ts';
import { MAX_DESCRIPTION, MAX_NAME, MAX_QUERIES, MAX_QUERY_TEXT } from './queries.ts';

/** Also the name of a file: nothing in it can lead out of the folder. */
export const queryId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
/** Names a text exactly: two texts that differ have different ones. */
export const textRev = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
/** Checked by main, which says what is wrong; here only bounded. */
const looseName = z.string().max(MAX_NAME * 4);
const looseFolder = z.array(looseName).max(64);

/** What is known of a `:name` or `$1` of the text, besides its place. */
export const queryParameter = z.strictObject({
  name: parameterValue.shape.name,
  description: z.string(),
  /** What the form begins with; null: nothing. Written by the person, never taken from a row. (I8) */
  default: parameterValue.pick({ kind: true, value: true }).nullable(),
});
export type QueryParameter = z.infer<typeof queryParameter>;

/** Everything that is said of a query, besides its text. */
export const queryDetails = z.strictObject({
  name: looseName,
  folder: looseFolder,
  description: z.string().max(MAX_DESCRIPTION * 4),
  /** The target that it is meant for; null: any. */
  target: z.string().max(63).nullable(),
  parameters: z.array(queryParameter).max(MAX_PARAMETERS),
});
export type QueryDetails = z.infer<typeof queryDetails>;

export const savedQuery = queryDetails.extend({
  id: queryId,
  rev: textRev,
  /** UTF-16. */
  length: z.int(),
  created: timestamp,
  updated: timestamp,
});
export type SavedQuery = z.infer<typeof savedQuery>;

export const queryLibrary = z.strictObject({
  /** Every folder, also empty ones. */
  folders: z.array(looseFolder),
  queries: z.array(savedQuery),
  /** Deletions that can be undone, newest first. */
  deleted: z.array(z.strictObject({ id: queryId, words: z.string().max(600) })),
  /** What could not be read; told once. */
  mishaps: z.array(z.strictObject({ code: z.string().max(64), message: z.string().max(2000), hint: z.string() })),
});
export type QueryLibrary = z.infer<typeof queryLibrary>;

/** One query, a folder with all in it, or everything. */
export const querySubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('query'), id: queryId }),
  z.strictObject({ kind: z.literal('folder'), path: looseFolder.min(1) }),
  z.strictObject({ kind: z.literal('all') }),
]);
export type QuerySubject = z.infer<typeof querySubject>;

export const importEntry = z.strictObject({
  n: z.int(),
  /** As it was found, cut; of a refused one it may be anything. */
  name: z.string().max(MAX_NAME * 2),
  folder: z.string().max(1200),
  /** `same`: it is here already. `taken`: another text has its name in that folder. */
  status: z.enum(['new', 'same', 'taken', 'refused']),
  /** Why it is refused. */
  why: z.string().max(500).nullable(),
  /** UTF-16. */
  length: z.int(),
});
export type ImportEntry = z.infer<typeof importEntry>;
export const importPlan = z.strictObject({
  id: queryId,
  /** Names of the files that were read. */
  files: z.array(z.string().max(300)),
  entries: z.array(importEntry).max(MAX_QUERIES * 2),
  /** Empty folders that would be made. */
  folders: z.int(),
  /** Why nothing of it can be taken; null when it can. */
  problem: z.string().max(1000).nullable(),
});
export type ImportPlan = z.infer<typeof importPlan>;
export const importChoice = z.enum(['keep', 'replace', 'skip']);
export type ImportChoice = z.infer<typeof importChoice>;

const text = z.string().max(MAX_QUERY_TEXT * 4);
const call = <A extends z.ZodType, V extends z.ZodType>(args: A, value: V) => ({ args, value });

/** Whatever changes something answers with everything as it is then. */
export const queriesCalls = {
  listQueries: call(z.tuple([]), queryLibrary),
  /** As it is on the disk now; null where it is not there any more. */
  readQuery: call(z.tuple([queryId]), z.strictObject({ rev: textRev, text }).nullable()),
  /** Ids of those that hold every word in their name, folder, description or text. */
  searchQueries: call(z.tuple([z.string().max(500)]), z.array(queryId)),
  createQuery: call(z.tuple([queryDetails.extend({ id: queryId, text })]), queryLibrary),
  /** `base`: the text that the new one was made from; refused with `query_changed` where that is not what is saved. */
  saveQueryText: call(z.tuple([z.strictObject({ id: queryId, text, base: textRev.nullable() })]), queryLibrary),
  /** Name, folder, description and so on; the text stays. */
  saveQueryDetails: call(z.tuple([queryDetails.extend({ id: queryId })]), queryLibrary),
  makeQueryFolder: call(z.tuple([looseFolder]), queryLibrary),
  /** Renames it, moves it, or both, with all that is in it. */
  moveQueryFolder: call(z.tuple([z.strictObject({ from: looseFolder, to: looseFolder })]), queryLibrary),
  deleteQueries: call(z.tuple([querySubject]), queryLibrary),
  undoQueryDelete: call(z.tuple([queryId]), queryLibrary),
  /** Asks where to. Null: no file was chosen. */
  exportQueries: call(
    z.tuple([z.strictObject({ what: querySubject, as: z.enum(['json', 'sql']) })]),
    z.strictObject({ file: z.string(), folder: z.string(), queries: z.int() }).nullable(),
  ),
  /** Asks which files, and says what would be done with them. Nothing is written. Null: none was chosen. */
  planQueryImport: call(z.tuple([]), importPlan.nullable()),
  /** Does all of it or nothing. `choices`: for those whose name is taken; `keep` where none is given. */
  importQueries: call(
    z.tuple([
      z.strictObject({
        plan: queryId,
        choices: z.array(z.strictObject({ n: z.int(), how: importChoice })).max(MAX_QUERIES),
      }),
    ]),
    z.strictObject({ added: z.int(), replaced: z.int(), library: queryLibrary }),
  ),
} as const;
