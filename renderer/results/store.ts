/**
 * The results of the last run of each tab, and the recent statements of this grant. Follows `onResult`; a result may be
 * pushed before the call that started it has answered.
 */
import type { ResultState } from '../../shared/ipc.ts';
import { MAX_SQL, MOST_OF_A_TEXT } from '../../shared/results.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { count } from '../words/format.ts';
import { isRunning, textRuns } from './words.ts';

/** What was asked to run, and where in the tab it came from. */
export interface Source {
  readonly tab: string;
  readonly text: string;
  /** Key of the editor's mark on the place in the tab that `text` was taken from. */
  readonly mark: string;
}
export interface Run {
  readonly source: Source;
  readonly ids: readonly string[];
  /** On this page's monotonic clock, ms. */
  readonly startedAt: number;
  /** The call itself was refused: nothing was sent. */
  readonly refused: UserError | null;
}
export interface Confirmation {
  readonly source: Source;
  readonly title: string;
  readonly detail: string;
  readonly action: string;
}
export interface Recent {
  readonly id: string;
  readonly text: string;
  readonly status: ResultState['status'];
  readonly code: string | null;
  readonly ms: number | null;
}
/** What the person made of a result. */
export interface Mark {
  readonly name: string | null;
  /** It stays when its text is run again. */
  readonly pinned: boolean;
  /** Its tab was closed; its place in a text that runs still counts. */
  readonly closed: boolean;
}
export interface Snapshot {
  readonly results: ReadonlyMap<string, ResultState>;
  /** Results without a mark are as they came. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** Last run by tab. */
  readonly runs: ReadonlyMap<string, Run>;
  readonly confirm: Confirmation | null;
  /** Newest first. */
  readonly recent: readonly Recent[];
}

const RECENT = 50;
/** News that come faster than a window can show them are taken together; nobody waits so long for first rows. */
const TOGETHER_MS = 33;

export interface ResultStore {
  subscribe(listener: () => void): () => void;
  snapshot(): Snapshot;
  run(source: Source, confirmed?: boolean): Promise<void>;
  dismissConfirm(): void;
  /** Asks the server to cancel what still runs in a tab. */
  cancel(tab: string): Promise<UserError | null>;
  /** Answers why it could not be pinned. */
  pin(id: string, pinned: boolean): Promise<UserError | null>;
  /** An empty name takes the person's name away again. */
  rename(id: string, name: string): void;
  close(ids: readonly string[]): void;
  /** Runs its statement again for so many rows; the new result takes the place of the old one. */
  more(id: string, rows: number): Promise<UserError | null>;
  /** A tab was closed: its results are not needed any more. */
  forget(tab: string): void;
  dispose(): void;
}

export function createResultStore(bridge: Bridge): ResultStore {
  let held: Snapshot = { results: new Map(), marks: new Map(), runs: new Map(), confirm: null, recent: [] };
  /** Ids of runs that were replaced: late news about them is only for the recent list. */
  const dropped = new Set<string>();
  /** Runs that somebody wanted to cancel before main had answered. */
  const cancelWhenStarted = new WeakSet<Run>();
  const listeners = new Set<() => void>();
  const set = (part: Partial<Snapshot>) => {
    held = { ...held, ...part };
    for (const listener of listeners) listener();
  };

  let news: ResultState[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const take = () => {
    timer = undefined;
    last = performance.now();
    const results = new Map(held.results);
    let { recent } = held;
    for (const result of news) {
      recent = remembered(recent, result);
      // COMMIT and ROLLBACK of the app belong to no tab.
      if (result.tab !== '' && !dropped.has(result.id)) results.set(result.id, result);
    }
    news = [];
    for (const run of held.runs.values()) prune(run, results);
    set({ recent, results });
  };
  /** Main keeps the last results of a long text; so does the window. */
  const prune = ({ ids }: Run, results: Map<string, ResultState>) => {
    if (ids.length <= MOST_OF_A_TEXT) return;
    const last = ids.findLastIndex((id) => results.has(id));
    for (const id of ids.slice(0, Math.max(0, last + 1 - MOST_OF_A_TEXT))) {
      results.delete(id);
      dropped.add(id);
    }
  };
  const stop = bridge.onResult((result) => {
    news.push(result);
    const wait = last + TOGETHER_MS - performance.now();
    const firstRows = result.stored > 0 && (held.results.get(result.id)?.stored ?? 0) === 0;
    if (firstRows || (wait <= 0 && timer === undefined)) {
      clearTimeout(timer);
      take();
    } else timer ??= setTimeout(take, wait);
  });

  const remove = (id: string, results: Map<string, ResultState>) => {
    results.delete(id);
    dropped.add(id);
    // Nothing to tell when closing fails: main drops every result at the end of the grant anyway.
    void ask(bridge.closeResult(id));
  };
  /** Answers with the marks of those that are left. */
  const drop = (tab: string, results: Map<string, ResultState>, pinned: 'keep' | 'drop'): Snapshot['marks'] => {
    const marks = new Map(held.marks);
    for (const [id, result] of results) {
      if (result.tab !== tab || (pinned === 'keep' && marks.get(id)?.pinned === true)) continue;
      marks.delete(id);
      remove(id, results);
    }
    return marks;
  };
  const mark = (id: string, part: Partial<Mark>) =>
    set({ marks: new Map(held.marks).set(id, { ...(held.marks.get(id) ?? unmarked), ...part }) });
  const pin = async (id: string, pinned: boolean): Promise<UserError | null> => {
    const answer = await ask(bridge.pinResult({ result: id, pinned }));
    if (!answer.ok) return answer.error;
    if (held.results.has(id)) mark(id, { pinned });
    return null;
  };

  const run = async (source: Source, confirmed = false): Promise<void> => {
    // What came of the run before is not news about this one.
    if (timer !== undefined) {
      clearTimeout(timer);
      take();
    }
    const results = new Map(held.results);
    const marks = drop(source.tab, results, 'keep');
    const begun: Run = { source, ids: [], startedAt: performance.now(), refused: null };
    set({ results, marks, runs: new Map(held.runs).set(source.tab, begun), confirm: null });
    if (source.text.length > MAX_SQL) {
      set({ runs: new Map(held.runs).set(source.tab, { ...begun, refused: tooLong(source.text.length) }) });
      return;
    }
    const answer = await ask(bridge.runSql({ tab: source.tab, text: source.text, confirmed }));
    if (held.runs.get(source.tab) !== begun) return;
    const runs = new Map(held.runs);
    if (answer.ok && answer.value.kind === 'confirm') {
      const { title, detail, action } = answer.value;
      runs.delete(source.tab);
      return set({ runs, confirm: { source, title, detail, action } });
    }
    runs.set(source.tab, {
      ...begun,
      ids: answer.ok && answer.value.kind === 'started' ? answer.value.results : [],
      refused: answer.ok ? null : answer.error,
    });
    set({ runs });
    const id = runs.get(source.tab)?.ids.at(-1);
    if (id !== undefined && cancelWhenStarted.has(begun)) void ask(bridge.cancelSql(id));
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => held,
    run,
    dismissConfirm: () => set({ confirm: null }),
    async cancel(tab) {
      const run = held.runs.get(tab);
      const results = resultsOf(held, tab);
      if (run === undefined || run.refused !== null) return null;
      if (run.ids.length === 0) {
        // It is not known yet under which names it runs.
        cancelWhenStarted.add(run);
        return null;
      }
      const over = results.length > 0 && !textRuns(results);
      if (over || results.some(({ status }) => status === 'cancelling')) return null;
      // One is enough: with it the whole text is stopped.
      const id = results.find(isRunning)?.id ?? run.ids.at(-1) ?? '';
      const answer = await ask(bridge.cancelSql(id));
      return answer.ok ? null : answer.error;
    },
    pin,
    rename: (id, name) => mark(id, { name: name.trim() === '' ? null : name.trim().slice(0, 60) }),
    close(ids) {
      const results = new Map(held.results);
      const marks = new Map(held.marks);
      const current = new Set([...held.runs.values()].flatMap((run) => run.ids));
      for (const id of ids) {
        if (current.has(id)) {
          marks.set(id, { ...unmarked, closed: true });
          void ask(bridge.closeResult(id));
        } else {
          marks.delete(id);
          remove(id, results);
        }
      }
      set({ results, marks });
    },
    async more(id, rows) {
      const answer = await ask(bridge.fetchMore({ result: id, rows }));
      if (!answer.ok) return answer.error;
      const next = answer.value;
      const runs = new Map(held.runs);
      for (const [tab, run] of runs)
        if (run.ids.includes(id))
          runs.set(tab, {
            ...run,
            ids: run.ids.map((one) => (one === id ? next : one)),
            startedAt: performance.now(),
          });
      const results = new Map(held.results);
      const marks = new Map(held.marks);
      const old = marks.get(id);
      marks.delete(id);
      if (old !== undefined) marks.set(next, { ...old, pinned: false });
      remove(id, results);
      set({ runs, results, marks });
      return old?.pinned === true ? pin(next, true) : null;
    },
    forget(tab) {
      const results = new Map(held.results);
      const marks = drop(tab, results, 'drop');
      const runs = new Map(held.runs);
      runs.delete(tab);
      set({ results, marks, runs });
    },
    dispose() {
      stop();
      clearTimeout(timer);
    },
  };
}

function remembered(recent: readonly Recent[], result: ResultState): readonly Recent[] {
  const { id, text, status, error, done_ms: ms } = result;
  const entry: Recent = { id, text, status, code: error?.code ?? null, ms };
  if (recent.some((one) => one.id === id)) return recent.map((one) => (one.id === id ? entry : one));
  // Old news about what is not in the list any more.
  return result.let_go ? recent : [entry, ...recent].slice(0, RECENT);
}

const tooLong = (length: number): UserError => ({
  code: 'text_too_long',
  message: `This text has ${count(length)} characters; at most ${count(MAX_SQL)} can be run at once. Nothing was sent.`,
  hint: 'Select some of its statements and run those.',
});

const unmarked: Mark = { name: null, pinned: false, closed: false };
export const markOf = (snapshot: Pick<Snapshot, 'marks'>, id: string): Mark => snapshot.marks.get(id) ?? unmarked;

/** The results of a tab's last run, in the order of its statements; pushed ones count before the call has answered. */
export function resultsOf(snapshot: Snapshot, tab: string): ResultState[] {
  const run = snapshot.runs.get(tab);
  if (run === undefined) return [];
  if (run.ids.length > 0) return run.ids.flatMap((id) => snapshot.results.get(id) ?? []);
  return [...snapshot.results.values()]
    .filter((r) => r.tab === tab && !markOf(snapshot, r.id).pinned)
    .sort((a, b) => a.offset - b.offset);
}

/** What has a tab in the result pane: pinned ones of runs before, then those of the last run that are not closed. */
export function tabsOf(snapshot: Snapshot, tab: string): ResultState[] {
  const run = resultsOf(snapshot, tab);
  const ids = new Set(run.map(({ id }) => id));
  const pinned = [...snapshot.results.values()].filter(
    (result) => result.tab === tab && !ids.has(result.id) && markOf(snapshot, result.id).pinned,
  );
  return [...pinned, ...run.filter(({ id }) => !markOf(snapshot, id).closed)];
}

export const anyRunning = (snapshot: Snapshot): boolean =>
  [...snapshot.runs.keys()].some((tab) => textRuns(resultsOf(snapshot, tab)));
