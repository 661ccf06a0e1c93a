/**
 * One JSON file with a schema, on electron-store (`conf` underneath: atomic replace, owner-only). What cannot be read is
 * copied to `<file>.damaged-<time>` before anything is written over it, and told.
 */
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import type { z } from 'zod';
import { Fault } from '../../shared/errors.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import { codeOf, whyNot } from '../disk.ts';
import type { KeyValue } from '../identity/secret-box.ts';

/** The part of electron-store that is used; the composition root passes the class. */
export interface RawStore {
  readonly path: string;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
}
export type StoreFactory = (name: string) => RawStore;

export interface StoreFile {
  readonly raw: RawStore;
  /** Where a file that was no JSON object was put at this start; null when it was one. */
  readonly putAside: string | null;
  /** Copies the file beside its place, once a start; answers with where. Throws what the disk says. */
  keep(): string;
}

export interface Store<V> {
  read(): V;
  /** From now on it is read, also where the disk does not take it; then it throws a Fault `settings_not_saved`. */
  write(value: V): void;
  /** What could not be read of it at this start; null when it was sound. */
  readonly mishap: Mishap | null;
}

/** What a stored value was read as, and what of it could not be read, in words: `the font size`. */
export interface Reading<V> {
  readonly value: V;
  readonly lost: readonly string[];
}
export interface Shape<V> {
  /** `stored` is undefined where nothing is stored yet; then nothing is lost. */
  read(stored: unknown): Reading<V>;
  /** What is stored for `value`, beside what was there. */
  write(value: V, stored: unknown): unknown;
  /** What lost parts are now: `as on the first day`. */
  readonly instead: string;
}

/** Opens `name`; a file that is not a JSON object is renamed to `<file>.damaged-<time>` and a fresh one started. */
export function openRaw(make: StoreFactory, name: string, directory: string, now: () => number): StoreFile {
  const path = `${directory}/${name}.json`;
  let putAside: string | null = null;
  if (!isObject(path)) {
    putAside = `${path}.damaged-${now()}`;
    renameSync(path, putAside);
  }
  const raw = make(name);
  let kept: string | null = null;
  return {
    raw,
    putAside,
    keep() {
      if (kept !== null) return kept;
      const aside = `${raw.path}.damaged-${now()}`;
      copyFileSync(raw.path, aside);
      kept = aside;
      return aside;
    },
  };
}

/** Whether there is no file, or one that can be read as a store. Throws what the disk says of one that cannot be read. */
function isObject(path: string): boolean {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

export function openStore<V>(file: StoreFile, key: string, shape: Shape<V>): Store<V> {
  const { raw } = file;
  const found = shape.read(raw.get(key));
  let value = found.value;
  /** Nothing is written over what could not be read before a copy of it is there. */
  let keptFirst = found.lost.length === 0;
  const write = (next: V): void => {
    try {
      if (!keptFirst) file.keep();
      keptFirst = true;
      raw.set(key, shape.write(next, raw.get(key)));
    } catch (error) {
      throw notSaved(error);
    }
  };
  let mishap: Mishap | null = null;
  if (found.lost.length > 0) {
    try {
      const aside = file.keep();
      // At once, so that the next start finds nothing wrong any more.
      write(value);
      mishap = lostParts(found.lost, shape.instead, `The file as it was is kept at ${aside}.`);
    } catch {
      mishap = lostParts(found.lost, shape.instead, `The file was left as it is: ${raw.path}.`);
    }
  }
  return {
    mishap,
    read: () => value,
    write(next) {
      value = next;
      write(next);
    },
  };
}

/** A value that is right as a whole or not at all. */
export const wholly = <V>(schema: z.ZodType<V>, initial: V, name: string): Shape<V> => ({
  read(stored) {
    if (stored === undefined) return { value: initial, lost: [] };
    const parsed = schema.safeParse(stored);
    return parsed.success ? { value: parsed.data, lost: [] } : { value: initial, lost: [name] };
  },
  write: (value) => value,
  instead: 'empty',
});

const listed = new Intl.ListFormat('en');
/** As many as a person reads. */
const MOST_NAMED = 6;

function lostParts(lost: readonly string[], instead: string, kept: string): Mishap {
  const more = lost.length - MOST_NAMED;
  const named = more > 0 ? [...lost.slice(0, MOST_NAMED), `${more} more`] : lost;
  return {
    code: 'settings_damaged',
    message: `Some of what Vitrine keeps could not be read and is ${instead} now: ${listed.format(named)}. ${kept}`,
    hint: 'Everything else in that file is as you left it.',
  };
}

const notSaved = (cause: unknown): Fault =>
  new Fault(
    'settings_not_saved',
    `This could not be saved: ${whyNot(cause)}.`,
    'It holds until the window is closed. Make room, and change it once more.',
    { cause },
  );

export const keyValueOf = (raw: RawStore): KeyValue => ({
  get(key) {
    const value = raw.get(key);
    return typeof value === 'string' ? value : undefined;
  },
  set: (key, value) => raw.set(key, value),
  delete: (key) => raw.delete(key),
});
