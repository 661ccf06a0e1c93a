/**
 * Tabs as they are kept between two starts, and the calls for them; part of `ipc.ts`. Each text is saved by itself, so that
 * a key in one tab does not write the others again. Row data is in no shape here. (I8)
 */
import { z } from 'zod';
import { MAX_TAB_TEXT } from './editor.ts';
import { queryId, textRev } from './ipc-queries.ts';
import { MOST_CLOSED } from './tabs.ts';

/** Also the name of a file: nothing in it can lead out of the folder. */
export const tabId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
/** Where the cursor stands, from 1, and how far the text is scrolled down, px. */
export const place = z.strictObject({
  line: z.int().min(1),
  column: z.int().min(1),
  scroll_top: z.number().min(0),
});
export type Place = z.infer<typeof place>;
/** The saved query that a tab was opened from or saved as, and the text it had then. */
export const tabLink = z.strictObject({ query: queryId, rev: textRev });
export type TabLink = z.infer<typeof tabLink>;
const named = z.strictObject({ id: tabId, title: z.string().max(200), link: tabLink.optional() });
export const tabIndex = z.strictObject({
  tabs: z.array(named.extend({ place: place.nullable() })).max(200),
  active: z.string().max(64),
  /** Closed lately, newest first. */
  closed: z.array(named).max(MOST_CLOSED),
});
export type TabIndex = z.infer<typeof tabIndex>;

/** What happened to a file of the workspace, for a person: where it is now, and what is lost. */
export const mishap = z.strictObject({
  code: z.string().max(64),
  message: z.string().max(2000),
  hint: z.string().nullable(),
});
export type Mishap = z.infer<typeof mishap>;

const none = z.tuple([]);
const nothing = z.null();
const text = z.string().max(MAX_TAB_TEXT);

export const workspaceCalls = {
  /** The tabs with their texts, and what could not be read. */
  loadTabs: {
    args: none,
    value: z.strictObject({
      index: tabIndex,
      texts: z.record(tabId, text),
      mishaps: z.array(mishap),
    }),
  },
  /** Order, names, cursors; texts of tabs that are in neither list are let go. */
  saveTabs: { args: z.tuple([tabIndex]), value: nothing },
  saveText: { args: z.tuple([z.strictObject({ id: tabId, text })]), value: nothing },
  /** The text of a closed tab; null where it is not kept any more. */
  readText: { args: z.tuple([tabId]), value: text.nullable() },
} as const;
