/** The files that a person chose to import, bounded and turned into what they hold. A file that cannot be meant refuses all. */
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Fault } from '../../shared/errors.ts';
import { type FolderPath, MAX_NAME, MAX_QUERIES } from '../../shared/queries.ts';
import { codeOf } from '../disk.ts';
import { type Found, unpack } from './bundle.ts';
import { read } from './front.ts';

export interface Incoming {
  readonly files: readonly string[];
  readonly folders: readonly FolderPath[];
  readonly found: readonly Found[];
}

/** Of one file, and of all files of one import together. */
const MOST_BYTES = 16_000_000;
const MOST_FILES = 500;
const NOTHING = 'Nothing was added.';

/** Throws a Fault `import_…`. */
export async function readIncoming(paths: readonly string[]): Promise<Incoming> {
  if (paths.length > MOST_FILES)
    throw new Fault(
      'import_too_large',
      `${paths.length} files were chosen; at most ${MOST_FILES} are read at once. ${NOTHING}`,
      'Choose fewer.',
    );
  const folders: FolderPath[] = [];
  const found: Found[] = [];
  let room = MOST_BYTES;
  for (const path of paths) {
    const name = basename(path);
    const bytes = await bytesOf(path, room);
    room -= bytes.length;
    const content = textOf(bytes, name);
    if (extname(path).toLowerCase() !== '.sql') {
      const bundle = bundleOf(content, name);
      folders.push(...bundle.folders);
      found.push(...bundle.found);
    } else found.push(queryOf(content, name));
    if (found.length > MAX_QUERIES)
      throw new Fault(
        'import_too_large',
        `“${name}” holds more than ${MAX_QUERIES.toLocaleString('en-US')} queries, which is the most that are kept. ${NOTHING}`,
        'Import a part of it.',
      );
  }
  return { files: paths.map((path) => basename(path)), folders, found };
}

async function bytesOf(path: string, room: number): Promise<Buffer> {
  const name = basename(path);
  let problem: unknown;
  try {
    // Opening a pipe would wait for whoever writes into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = await handle.stat();
      if (!about.isFile())
        throw new Fault('import_unreadable', `“${name}” is not a file. ${NOTHING}`, 'Choose a file.');
      if (about.size > room)
        throw new Fault(
          'import_too_large',
          `“${name}” has ${Math.ceil(about.size / 1_000_000)} MB; at most ${MOST_BYTES / 1_000_000} MB are read at once. ${NOTHING}`,
          'Export saved queries again, or import a part of them.',
        );
      return await readFile(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    problem = error;
  }
  if (problem instanceof Fault) throw problem;
  throw new Fault(
    'import_unreadable',
    `“${name}” could not be read (${codeOf(problem)}). ${NOTHING}`,
    'Look at the file, then try again.',
    {
      cause: problem,
    },
  );
}

function textOf(bytes: Buffer, name: string): string {
  try {
    // It takes away a byte order mark of UTF-8. Plain letters in UTF-16 pass for UTF-8 with zeros between.
    if (bytes.includes(0)) throw new TypeError('a zero byte');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault(
      'import_not_utf8',
      `“${name}” is not text in UTF-8. ${NOTHING}`,
      'Save it as UTF-8 with the program that made it, then try again.',
      { cause },
    );
  }
}

function bundleOf(content: string, name: string): { folders: readonly FolderPath[]; found: readonly Found[] } {
  const bundle = unpack(content);
  if (bundle.ok) return bundle;
  const [message, hint] = {
    not_json: ['is not JSON', 'Choose a file that Vitrine exported, or .sql files.'],
    not_ours: ['is JSON, but not one of saved queries', 'Choose a file that Vitrine exported, or .sql files.'],
    newer: ['was written by a newer Vitrine', 'Update Vitrine, then try again.'],
  }[bundle.why];
  throw new Fault('import_not_ours', `“${name}” ${message}. ${NOTHING}`, hint);
}

/** A `.sql` without a front of ours is a text, and its file's name is its name. */
function queryOf(content: string, file: string): Found {
  const found = read(content);
  const name = basename(file, extname(file));
  if (found.kind === 'query') return { kind: 'query', query: found.query };
  if (found.kind === 'wrong') return { kind: 'wrong', name, why: found.why };
  if (found.kind === 'newer') return { kind: 'wrong', name, why: 'A newer Vitrine wrote it.' };
  const query = { name: name.trim().slice(0, MAX_NAME), folder: [], description: '', target: null, parameters: [] };
  return { kind: 'query', query: { ...query, text: content, created: null, updated: null } };
}
