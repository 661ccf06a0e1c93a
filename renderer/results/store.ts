/**
 * The results of the last run of each tab, and the recent statements of this grant. Follows `onResult`; a result may be
 * pushed before the call that started it has answered.
 */
import type { ResultState } from '../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { isRunning } from './words.ts';

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
  const listeners = new Set<() => void>();
  const set = (part: Partial<Snapshot>) => {
    held = { ...held, ...part };
    for (const listener of listeners) listener();
  };

  const stop = bridge.onResult((result) => {
    const recent: Recent = {
      id: result.id,
      text: result.text,
      status: result.status,
      code: result.error?.code ?? null,
      ms: result.done_ms,
    };
    const known = held.recent.some((entry) => entry.id === result.id);
    const list = known
      ? held.recent.map((entry) => (entry.id === result.id ? recent : entry))
      : [recent, ...held.recent].slice(0, RECENT);
    if (dropped.has(result.id)) set({ recent: list });
    else set({ recent: list, results: new Map(held.results).set(result.id, result) });
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
    const results = new Map(held.results);
    drop(source.tab, results);
    const begun: Run = { source, ids: [], startedAt: performance.now(), refused: null };
    set({ results, runs: new Map(held.runs).set(source.tab, begun), confirm: null });
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
      const running = [...held.results.values()].filter((result) => result.tab === tab && isRunning(result));
      for (const result of running) {
        if (result.status === 'cancelling') continue;
        const answer = await ask(bridge.cancelSql(result.id));
        if (!answer.ok) return answer.error;
      }
      return null;
    },
    forget(tab) {
      const results = new Map(held.results);
      drop(tab, results);
      const runs = new Map(held.runs);
      runs.delete(tab);
      set({ results, runs });
    },
    dispose: stop,
  };
}

/** The results of a tab's last run, in the order of its statements; pushed ones count before the call has answered. */
export function resultsOf(snapshot: Snapshot, tab: string): ResultState[] {
  const run = snapshot.runs.get(tab);
  if (run === undefined) return [];
  if (run.ids.length > 0) return run.ids.flatMap((id) => snapshot.results.get(id) ?? []);
  return [...snapshot.results.values()].filter((r) => r.tab === tab).sort((a, b) => a.offset - b.offset);
}

export const anyRunning = (snapshot: Snapshot): boolean => [...snapshot.results.values()].some(isRunning);
