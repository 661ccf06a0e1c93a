/**
 * The tabs: an index (order, names, cursors) in `workspace.json`, and one `.sql` file for the text of each tab. Every file
 * is replaced whole, so a crash leaves the old text or the new one. What cannot be read is put aside and told, never
 * overwritten; texts that the index does not know come back as tabs.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../shared/errors.ts';
import { type Mishap, place, type TabIndex, tabId, tabIndex, tabLink } from '../../shared/ipc-workspace.ts';
import { codeOf, replaceFile, whyNot } from '../disk.ts';
import type { RawStore } from './store.ts';

export interface LoadedTabs {
  readonly index: TabIndex;
  readonly texts: Record<string, string>;
  readonly mishaps: Mishap[];
}
export interface TabsStore {
  /** Throws a Fault `tabs_not_read` where nothing can be read; nothing is saved over it then. */
  load(): LoadedTabs;
  /** Throws a Fault `tabs_not_saved` where the disk does not take it, or what is there was not read. */
  saveIndex(index: TabIndex): void;
  /** Resolves when it is on the disk. Rejects with a Fault `text_not_saved`. */
  saveText(id: string, text: string): Promise<void>;
  /** Null where there is none. */
  readText(id: string): string | null;
}

const KEY = 'workspace';
const EXTENSION = '.sql';
/** As it was written before each text had its own file, too. */
const stored = z.object({
  tabs: z.array(
    z.object({
      id: tabId,
      title: z.string().max(200),
      text: z.string().optional(),
      place: place.nullable().default(null),
      // What cannot be understood of it costs the link, not the tab.
      link: tabLink.optional().catch(undefined),
    }),
  ),
  active: z.string(),
  closed: tabIndex.shape.closed.default([]),
});

export function openTabs(
  { raw, putAside }: { readonly raw: RawStore; readonly putAside: string | null },
  folder: string,
  now: () => number,
): TabsStore {
  const fileOf = (id: string): string => join(folder, `${id}${EXTENSION}`);
  const writing = new Map<string, Promise<void>>();
  /** Texts that the page was given, or gave. Nothing else is ever removed: it may be all that is left of a tab. */
  const ours = new Set<string>();
  let loaded = false;
  let mishaps: Mishap[] = putAside === null ? [] : [lostIndex(putAside)];

  const index = (): z.infer<typeof stored> => {
    const value = raw.get(KEY);
    const parsed = stored.safeParse(value);
    if (parsed.success) return parsed.data;
    if (value !== undefined) {
      const aside = `${raw.path}.damaged-${now()}`;
      // Renamed, not copied: a full disk takes that, too.
      renameSync(raw.path, aside);
      mishaps.push(lostIndex(aside));
    }
    return { tabs: [], active: '', closed: [] };
  };
  const read = (id: string): string | null => {
    const file = fileOf(id);
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      mishaps.push(unreadable(id, file, codeOf(error), movedAside(file, now())));
      return null;
    }
    const text = bytes.toString('utf8');
    if (!text.includes('\uFFFD') || Buffer.from(text).equals(bytes)) return text;
    const aside = copiedAside(file, now());
    mishaps.push({
      code: `tab_damaged_${id}`.slice(0, 64),
      message: `The text of a tab was damaged; what cannot be read in it is shown as \uFFFD. ${
        aside === null
          ? 'A copy of the file could not be made: the file stays as it is until you change that text.'
          : `The file as it was is kept at ${aside}.`
      }`,
      hint: 'The other tabs are as you left them.',
    });
    return text;
  };
  /** The ids of texts in the folder that are not among `known`, without those that are being written this moment. */
  const strays = (known: ReadonlySet<string>): string[] =>
    idsIn(folder).filter((id) => !known.has(id) && !writing.has(id));

  return {
    load() {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const known = index();
        const texts: Record<string, string> = {};
        for (const { id, text } of known.tabs) texts[id] = read(id) ?? text ?? '';
        const recovered = strays(idsOf(known)).map((id, n) => {
          texts[id] = read(id) ?? '';
          return { id, title: `recovered ${n + 1}`, place: null };
        });
        const tabs = [...known.tabs.map(({ text: _, ...tab }) => tab), ...recovered];
        const found = { tabs: tabs.slice(0, MOST_TABS), active: known.active, closed: known.closed };
        for (const id of idsOf(found)) ours.add(id);
        loaded = true;
        const told = mishaps;
        mishaps = [];
        return { index: found, texts, mishaps: told };
      } catch (error) {
        const hint = `Nothing there was changed. Look at the folder ${folder}, then start Vitrine again.`;
        throw new Fault('tabs_not_read', `Your tabs could not be read: ${whyNot(error)}.`, hint, { cause: error });
      }
    },
    saveIndex(next) {
      if (!loaded)
        throw new Fault(
          'tabs_not_saved',
          'Which tabs are open is not saved, because what was there before could not be read.',
          'It stays as it is on the disk. Copy what you need from this window before you close it.',
        );
      try {
        raw.set(KEY, next);
        // What is being written this moment may be of a tab that the next index names.
        for (const id of strays(idsOf(next))) if (ours.delete(id)) rmSync(fileOf(id), { force: true });
      } catch (error) {
        throw notSaved('tabs_not_saved', 'Which tabs are open could not be saved', error);
      }
    },
    saveText(id, text) {
      ours.add(id);
      const before = writing.get(id) ?? Promise.resolve();
      const write = before
        .catch(() => undefined)
        .then(() => replaceFile(fileOf(id), text))
        .catch((error: unknown) => {
          throw notSaved('text_not_saved', 'The text of this tab could not be saved', error);
        })
        .finally(() => {
          if (writing.get(id) === write) writing.delete(id);
        });
      writing.set(id, write);
      return write;
    },
    readText: read,
  };
}

const MOST_TABS = 200;
const idsOf = ({ tabs, closed }: { readonly [list in 'tabs' | 'closed']: readonly { readonly id: string }[] }) =>
  new Set([...tabs, ...closed].map(({ id }) => id));

/** None where the folder is gone: whoever saves a text makes it again. */
function idsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => basename(name, EXTENSION))
      .filter((id) => tabId.safeParse(id).success)
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const asideOf = (file: string, now: number): string => `${file}.damaged-${now}`;
/** Null where it could not be moved, and is where it was. */
function movedAside(file: string, now: number): string | null {
  try {
    renameSync(file, asideOf(file, now));
    return asideOf(file, now);
  } catch {
    return null;
  }
}
/** Null where it could not be copied. */
function copiedAside(file: string, now: number): string | null {
  try {
    copyFileSync(file, asideOf(file, now));
    return asideOf(file, now);
  } catch {
    rmSync(asideOf(file, now), { force: true });
    return null;
  }
}

function notSaved(code: string, what: string, cause: unknown): Fault {
  const hint = 'Everything stays in this window, and Vitrine tries again. Make room before you close it.';
  return new Fault(code, `${what}: ${whyNot(cause)}.`, hint, { cause });
}

const unreadable = (id: string, file: string, why: string, aside: string | null): Mishap => ({
  code: `tab_unreadable_${id}`.slice(0, 64),
  message: `The text of a tab could not be read (${why}). ${
    aside === null ? `The file was left as it is: ${file}.` : `Its file is kept at ${aside}.`
  }`,
  hint: 'The other tabs are as you left them.',
});

const lostIndex = (aside: string): Mishap => ({
  code: 'workspace_damaged',
  message: `The list of your tabs was damaged. It is kept at ${aside}. The order and the names of the tabs are lost.`,
  hint: 'Texts that were found are in tabs called “recovered”.',
});
