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
export interface Snapshot {
  readonly results: ReadonlyMap<string, ResultState>;
  /** Last run by tab. */
  readonly runs: ReadonlyMap<string, Run>;
  readonly confirm: Confirmation | null;
  /** Newest first. */
  readonly recent: readonly Recent[];
}

const RECENT = 50;
/** News that come faster than a window can show them are taken together. */
const TOGETHER_MS = 33;

export interface ResultStore {
  subscribe(listener: () => void): () => void;
  snapshot(): Snapshot;
  run(source: Source, confirmed?: boolean): Promise<void>;
  dismissConfirm(): void;
  /** Asks the server to cancel what still runs in a tab. */
  cancel(tab: string): Promise<UserError | null>;
  /** A tab was closed: its results are not needed any more. */
  forget(tab: string): void;
  dispose(): void;
}

export function createResultStore(bridge: Bridge): ResultStore {
  let held: Snapshot = { results: new Map(), runs: new Map(), confirm: null, recent: [] };
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
    if (wait <= 0 && timer === undefined) take();
    else timer ??= setTimeout(take, wait);
  });

  const drop = (tab: string, results: Map<string, ResultState>) => {
    for (const [id, result] of results) {
      if (result.tab !== tab) continue;
      results.delete(id);
      dropped.add(id);
      // Nothing to tell when closing fails: main drops every result at the end of the grant anyway.
      void ask(bridge.closeResult(id));
    }
  };

  const run = async (source: Source, confirmed = false): Promise<void> => {
    // What came of the run before is not news about this one.
    if (timer !== undefined) {
      clearTimeout(timer);
      take();
    }
    const results = new Map(held.results);
    drop(source.tab, results);
    const begun: Run = { source, ids: [], startedAt: performance.now(), refused: null };
    set({ results, runs: new Map(held.runs).set(source.tab, begun), confirm: null });
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
    forget(tab) {
      const results = new Map(held.results);
      drop(tab, results);
      const runs = new Map(held.runs);
      runs.delete(tab);
      set({ results, runs });
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

/** The results of a tab's last run, in the order of its statements; pushed ones count before the call has answered. */
export function resultsOf(snapshot: Snapshot, tab: string): ResultState[] {
  const run = snapshot.runs.get(tab);
  if (run === undefined) return [];
  if (run.ids.length > 0) return run.ids.flatMap((id) => snapshot.results.get(id) ?? []);
  return [...snapshot.results.values()].filter((r) => r.tab === tab).sort((a, b) => a.offset - b.offset);
}

export const anyRunning = (snapshot: Snapshot): boolean =>
  [...snapshot.runs.keys()].some((tab) => textRuns(resultsOf(snapshot, tab)));
