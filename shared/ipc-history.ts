/** What was run in the window, to be found again: texts and how they ended, never rows (I8); part of `ipc.ts`. */
import { z } from 'zod';
import { environment, id128, severityId, targetId, ticketId, timestamp } from './grants.ts';

export const historyOutcome = z.enum(['ok', 'error', 'cancelled', 'unknown']);
export type HistoryOutcome = z.infer<typeof historyOutcome>;

export const historyEntry = z.strictObject({
  id: id128,
  /** Counts up; the newest has the greatest. */
  seq: z.int(),
  /** When it ended. */
  at: timestamp,
  grant: id128,
  target: z.strictObject({ id: targetId, label: z.string().max(200), environment }),
  severity: severityId,
  ticket: ticketId,
  text: z.string(),
  /** The statement is longer than what is kept of it, or, in a list, than what is shown. */
  cut: z.boolean(),
  outcome: historyOutcome,
  /** SQLSTATE, or a code of ours; null unless it is an error. */
  code: z.string().max(64).nullable(),
  tag: z.string().max(200).nullable(),
  rows: z.int(),
  /** From asking to the last row; null where that was not learned. */
  ms: z.number().nullable(),
  intent: id128.nullable(),
  /** Place of the intent in the ledger; null until its receipt was verified. */
  ledger_index: z.int().nullable(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

export const historyQuery = z.strictObject({
  /** In the text or the ticket; case does not count. */
  search: z.string().max(500),
  target: targetId.nullable(),
  outcome: historyOutcome.nullable(),
  /** Only what took longer, ms. */
  longer_ms: z.int().min(0).nullable(),
  /** Only what ended at that moment or later. */
  since: timestamp.nullable(),
  /** Only what is older than this `seq`: the next page. */
  before: z.int().nullable(),
  count: z.int().min(1).max(200),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

export const historyPage = z.strictObject({
  /** Newest first; texts are cut after a few hundred characters. */
  entries: z.array(historyEntry),
  /** For `before`; null where nothing older matches. */
  next: z.int().nullable(),
  /** All targets that there is anything of. */
  targets: z.array(z.strictObject({ id: targetId, label: z.string() })),
  /** Why what is run now will not be there after a restart; null when it will. */
  problem: z.string().nullable(),
});
export type HistoryPage = z.infer<typeof historyPage>;

export const historyCalls = {
  findHistory: { args: z.tuple([historyQuery]), value: historyPage },
  /** The whole text that is kept; null where it was let go meanwhile. */
  readHistory: { args: z.tuple([id128]), value: z.string().nullable() },
  clearHistory: { args: z.tuple([]), value: z.null() },
} as const;
