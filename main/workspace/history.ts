/**
 * What was run in the window: kept in memory for searching, and in one file whose lines are sealed with a key that is derived
 * from the device key, because a statement may hold a customer's data as a literal. Appended, never rewritten but at the
 * start; a later line of the same id replaces the earlier one. No row is ever here. (I8)
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ResultState } from '../../shared/ipc.ts';
import {
  type HistoryEntry,
  type HistoryOutcome,
  type HistoryPage,
  type HistoryQuery,
  historyEntry,
} from '../../shared/ipc-history.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import { isMissing, whyNot } from '../disk.ts';
import { lineSeal } from './sealed-lines.ts';

/** What is kept at most: so many statements, so many days, so many characters together; of one statement so many. */
const LIMITS = { entries: 5000, days: 90, characters: 32_000_000, ofOne: 1_000_000 } as const;
const SHOWN = 400;
const EXTENSION = '.log';
const DAY_MS = 86_400_000;

/** The grant that a statement ran under. */
export type HistoryContext = Pick<HistoryEntry, 'grant' | 'target' | 'severity' | 'ticket'>;

export interface History {
  /** Takes every push of a result, and keeps those that have ended. */
  note(result: ResultState, context: HistoryContext): void;
  /** Receipts came: asks for the place of every intent that is not known to be in the ledger. */
  receipted(indexOf: (intent: string) => number | null): void;
  find(query: HistoryQuery): HistoryPage;
  text(id: string): string | null;
  clear(): Promise<void>;
  /** What was put aside when it was opened. */
  readonly mishap: Mishap | null;
  /** Resolves when everything noted is on the disk, or cannot be. */
  settled(): Promise<void>;
}

export interface HistoryOptions {
  readonly folder: string;
  /** Names the file: nobody can read that of another device key, so those are removed. */
  readonly device: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function openHistory({ folder, device, key, now }: HistoryOptions): History {
  const seal = lineSeal(key);
  const file = join(folder, `${device}${EXTENSION}`);
  const { entries, mishap } = opened(file, folder, seal, now);
  let seq = Math.max(0, ...[...entries.values()].map((entry) => entry.seq));
  let characters = 0;
  for (const entry of entries.values()) characters += entry.text.length;
  /** Ids of those whose intent is not known to be in the ledger. */
  const open = new Set<string>();
  for (const entry of entries.values()) if (awaits(entry)) open.add(entry.id);

  let problem: string | null = null;
  let pending: string[] = [];
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (pending.length > 0) {
      const lines = pending.join('');
      pending = [];
      try {
        await appendFile(file, lines, { mode: 0o600 });
        problem = null;
      } catch (error) {
        problem = `The disk does not take the history (${whyNot(error)}).`;
        // With the next statement, on a line of its own: a part of these may be on the disk.
        pending.unshift('\n', lines);
        break;
      }
    }
    writing = null;
  };
  const keep = (entry: HistoryEntry): void => {
    characters += entry.text.length - (entries.get(entry.id)?.text.length ?? 0);
    entries.set(entry.id, entry);
    if (awaits(entry)) open.add(entry.id);
    else open.delete(entry.id);
    for (const [id, { text }] of entries) {
      if (entries.size <= LIMITS.entries && characters <= LIMITS.characters) break;
      entries.delete(id);
      open.delete(id);
      characters -= text.length;
    }
    pending.push(`${seal.seal(JSON.stringify(entry))}\n`);
    writing ??= write();
  };

  return {
    mishap,
    note(result, context) {
      const outcome = outcomeOf(result.status);
      const known = entries.get(result.id);
      if (outcome === null || (known !== undefined && known.ledger_index === result.ledger_index)) return;
      keep({
        ...context,
        id: result.id,
        seq: known?.seq ?? ++seq,
        at: known?.at ?? new Date(now()).toISOString(),
        text: result.text.slice(0, LIMITS.ofOne),
        cut: result.text.length > LIMITS.ofOne,
        outcome,
        code: result.error?.code.slice(0, 64) ?? null,
        tag: result.tag?.slice(0, 200) ?? null,
        rows: result.rows,
        ms: result.done_ms,
        intent: result.intent,
        ledger_index: result.ledger_index,
      });
    },
    receipted(indexOf) {
      for (const id of open) {
        const entry = entries.get(id);
        const index = entry === undefined || entry.intent === null ? null : indexOf(entry.intent);
        if (entry !== undefined && index !== null) keep({ ...entry, ledger_index: index });
      }
    },
    find: (query) => ({ ...pageOf([...entries.values()], query), problem }),
    text: (id) => entries.get(id)?.text ?? null,
    async clear() {
      entries.clear();
      open.clear();
      characters = 0;
      pending = [];
      await writing;
      rmSync(file, { force: true });
    },
    async settled() {
      await writing;
    },
  };
}

/** Newest first, from `before` on. */
export function pageOf(entries: readonly HistoryEntry[], query: HistoryQuery): Omit<HistoryPage, 'problem'> {
  const search = query.search.trim().toLowerCase();
  const found = entries
    .filter(
      (entry) =>
        (query.before === null || entry.seq < query.before) &&
        (query.target === null || entry.target.id === query.target) &&
        (query.outcome === null || entry.outcome === query.outcome) &&
        (query.longer_ms === null || (entry.ms ?? 0) > query.longer_ms) &&
        (query.since === null || entry.at >= query.since) &&
        (search === '' || entry.text.toLowerCase().includes(search) || entry.ticket.toLowerCase().includes(search)),
    )
    .sort((a, b) => b.seq - a.seq);
  const page = found.slice(0, query.count);
  const targets = new Map(entries.map(({ target }) => [target.id, target.label]));
  return {
    entries: page.map((entry) => ({
      ...entry,
      text: entry.text.slice(0, SHOWN),
      cut: entry.cut || entry.text.length > SHOWN,
    })),
    next: found.length > page.length ? (page.at(-1)?.seq ?? null) : null,
    targets: [...targets].map(([id, label]) => ({ id, label })).sort((a, b) => a.label.localeCompare(b.label)),
  };
}

const awaits = (entry: HistoryEntry): boolean => entry.intent !== null && entry.ledger_index === null;

function outcomeOf(status: ResultState['status']): HistoryOutcome | null {
  if (status === 'done') return 'ok';
  return status === 'error' || status === 'cancelled' || status === 'unknown' ? status : null;
}

/** Never throws: a history that cannot be read must not keep anybody from working. */
function opened(
  file: string,
  folder: string,
  seal: ReturnType<typeof lineSeal>,
  now: () => number,
): ReturnType<typeof load> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder))
      if (name.endsWith(EXTENSION) && name !== basename(file)) rmSync(join(folder, name), { force: true });
    return load(file, seal, now);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const mishap = {
      code: 'history_unreadable',
      message: `The history could not be opened: ${why}.`.slice(0, 2000),
      hint: 'What you run now is listed until Vitrine is closed. The records for the ledger are kept elsewhere.',
    };
    return { entries: new Map(), mishap };
  }
}

/** What is on the disk and not too old; the file is written anew where much of it has been replaced. */
function load(
  file: string,
  seal: ReturnType<typeof lineSeal>,
  now: () => number,
): { entries: Map<string, HistoryEntry>; mishap: Mishap | null } {
  const entries = new Map<string, HistoryEntry>();
  const lines = linesOf(file);
  const oldest = new Date(now() - LIMITS.days * DAY_MS).toISOString();
  let damaged = 0;
  for (const line of lines) {
    const entry = entryOf(seal.open(line));
    if (entry === null) damaged++;
    else if (entry.at >= oldest) entries.set(entry.id, entry);
  }
  // A crash may cut the last line short: that is one statement, and nothing to tell anybody at night.
  const aside = damaged > 1 ? `${file}.damaged-${now()}` : null;
  if (aside !== null) renameSync(file, aside);
  if (damaged > 0 || lines.length > entries.size * 2) {
    const whole = [...entries.values()].map((entry) => `${seal.seal(JSON.stringify(entry))}\n`);
    writeFileSync(`${file}.partial`, whole.join(''), { mode: 0o600 });
    renameSync(`${file}.partial`, file);
  }
  const mishap = {
    code: 'history_damaged',
    message: `${damaged} entries of the history could not be read. The file as it was is kept at ${aside}.`,
    hint: 'What was recorded for the ledger is not in that file.',
  };
  return { entries, mishap: aside === null ? null : mishap };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function entryOf(json: string | null): HistoryEntry | null {
  if (json === null) return null;
  const parsed = historyEntry.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}
