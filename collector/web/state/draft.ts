/**
 * What a person typed and has not sent yet, kept in this tab's session storage: it survives a reload and the trip to
 * the login page, and is gone with the tab. Nothing secret is ever typed into these fields.
 */
import { useCallback, useState } from 'react';
import type { z } from 'zod';

const nameOf = (key: string): string => `vitrine:draft:${key}`;

function stored<T>(key: string, schema: z.ZodType<T>): T | null {
  const text = window.sessionStorage.getItem(nameOf(key));
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // A draft of an older page: worth nothing to this one.
    window.sessionStorage.removeItem(nameOf(key));
    return null;
  }
}

/** Remount (React `key`) when `key` changes. `clear` forgets it. */
export function useDraft<T>(
  key: string,
  schema: z.ZodType<T>,
  empty: T,
): readonly [T, (next: T | ((before: T) => T)) => void, () => void] {
  const [value, setValue] = useState<T>(() => stored(key, schema) ?? empty);
  const set = useCallback(
    (next: T | ((before: T) => T)) =>
      setValue((before) => {
        // A draft is plain data, never a function.
        const after = typeof next === 'function' ? (next as (before: T) => T)(before) : next;
        window.sessionStorage.setItem(nameOf(key), JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const clear = useCallback(() => {
    window.sessionStorage.removeItem(nameOf(key));
    setValue(empty);
  }, [key, empty]);
  return [value, set, clear];
}
