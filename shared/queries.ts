/**
 * What a saved query may be called and how large the collection may grow: main refuses what breaks it, and the page says so
 * beside the field. No schemas here, so that zod is not loaded into the page for them. (I7)
 */

export const MAX_QUERIES = 2000;
export const MAX_FOLDERS = 500;
/** Folders inside each other. */
export const MAX_DEPTH = 8;
/** Of a query or a folder, UTF-16. */
export const MAX_NAME = 120;
export const MAX_DESCRIPTION = 4000;
/** Longest text of one query, and of all of them together, UTF-16. */
export const MAX_QUERY_TEXT = 1_000_000;
export const MAX_ALL_TEXTS = 64_000_000;
/** Longest default of a parameter, UTF-16. */
export const MAX_DEFAULT = 10_000;

/** From the outermost in: `['Incidents', 'Payments']`. Empty is the top. */
export type FolderPath = readonly string[];

/** Control characters, line separators, and signs that turn the writing direction: a name with one lies about itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; lines and tabs are welcome here
const UNSEEN_IN_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** They hold letters and pictures together, and cannot be seen by themselves. */
const JOINERS = /[\u200c\u200d]/g;
/** Half of a character: it cannot be written to a file. */
const HALF = /\p{Surrogate}/u;

/** Why a query or a folder cannot be called that, in a sentence; null when it can. Names come trimmed. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'A name is needed.';
  if (name !== name.trim()) return 'A name does not begin or end with a space.';
  if (name.length > MAX_NAME) return `A name has at most ${MAX_NAME} characters; this one has ${name.length}.`;
  if (/[/\\]/.test(name)) return 'A name holds no / and no \\; folders are made apart.';
  if (/^\.+$/.test(name)) return 'A name is more than dots.';
  if (UNSEEN.test(name)) return 'A name holds no control characters and none that turn the writing direction.';
  return HALF.test(name) ? 'A name holds half of a character.' : null;
}

export function folderProblem(path: FolderPath): string | null {
  if (path.length > MAX_DEPTH) return `Folders go ${MAX_DEPTH} deep; this one would be ${path.length} deep.`;
  for (const name of path) {
    const problem = nameProblem(name);
    if (problem !== null) return problem;
  }
  return null;
}

/** Of a description or a default. `most`: UTF-16. */
export function wordsProblem(what: string, words: string, most: number): string | null {
  if (words.length > most) return `${what} has at most ${most} characters; this one has ${words.length}.`;
  if (UNSEEN_IN_LINES.test(words)) return `${what} holds control characters.`;
  return HALF.test(words) ? `${what} holds half of a character.` : null;
}

export function textProblem(text: string): string | null {
  if (text.trim() === '') return 'There is no text.';
  if (text.length > MAX_QUERY_TEXT)
    return `A saved query has at most ${MAX_QUERY_TEXT} characters; this one has ${text.length}.`;
  if (text.includes('\0')) return 'The text holds a zero character.';
  return HALF.test(text) ? 'The text holds half of a character.' : null;
}

/** Two names that a person takes for the same have the same key. */
export const nameKey = (name: string): string => name.replace(JOINERS, '').normalize('NFKC').toLowerCase();
/** Parted by a character that no name can hold. */
export const folderKey = (path: FolderPath): string => path.map(nameKey).join('/');
export const isInside = (path: FolderPath, folder: FolderPath): boolean =>
  path.length >= folder.length && folderKey(path.slice(0, folder.length)) === folderKey(folder);
/** `Incidents/Payments`; words for the top. */
export const folderWords = (path: FolderPath): string => (path.length === 0 ? 'the top' : path.join('/'));

/** `name`, or `name (2)` and so on: the first that `taken` does not know. Stays within the longest name. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : ` (${n})`;
    const free = `${name.slice(0, MAX_NAME - ending.length).trimEnd()}${ending}`;
    if (!taken(free)) return free;
  }
}
