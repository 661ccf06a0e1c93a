/** One JSON file with a schema, on electron-store (`conf` underneath: atomic replace, owner-only). */
import { renameSync } from 'node:fs';
import type { z } from 'zod';
import type { KeyValue } from '../identity/secret-box.ts';

/** The part of electron-store that is used; the composition root passes the class. */
export interface RawStore {
  readonly path: string;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
}
export type StoreFactory = (name: string) => RawStore;

export interface Store<V> {
  read(): V;
  write(value: V): void;
  /** Where a damaged file was put aside at this start; null when it was sound. */
  readonly putAside: string | null;
}

/** Opens `name`; a file that is not JSON is renamed to `<file>.damaged-<time>` and a fresh one started. */
export function openRaw(
  make: StoreFactory,
  name: string,
  directory: string,
  now: () => number,
): { raw: RawStore; putAside: string | null } {
  try {
    return { raw: make(name), putAside: null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const path = `${directory}/${name}.json`;
    const putAside = `${path}.damaged-${now()}`;
    renameSync(path, putAside);
    return { raw: make(name), putAside };
  }
}

export function openStore<V>(
  opened: { raw: RawStore; putAside: string | null },
  key: string,
  schema: z.ZodType<V>,
  initial: V,
): Store<V> {
  const { raw, putAside } = opened;
  return {
    putAside,
    read() {
      const parsed = schema.safeParse(raw.get(key));
      return parsed.success ? parsed.data : initial;
    },
    write: (value) => raw.set(key, value),
  };
}

export const keyValueOf = (raw: RawStore): KeyValue => ({
  get(key) {
    const value = raw.get(key);
    return typeof value === 'string' ? value : undefined;
  },
  set: (key, value) => raw.set(key, value),
  delete: (key) => raw.delete(key),
});
