/** The saved queries as main last said they are; every change answers with all of them anew. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Result } from '../../shared/ipc.ts';
import type { QueryLibrary } from '../../shared/ipc-queries.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { useToast } from '../ui/Toasts.tsx';

export interface QueriesView {
  /** Null until the first answer. */
  readonly library: QueryLibrary | null;
  /** Why they could not be read. */
  readonly problem: UserError | null;
}
export interface QueryStore extends QueriesView {
  refresh(): Promise<void>;
  /** Takes in what a change answered; why it was refused, else null. */
  take(answer: Promise<Result<QueryLibrary>>): Promise<UserError | null>;
}

export function useQueryStore(bridge: Bridge): QueryStore {
  const say = useToast();
  const held = useMemo(() => {
    let view: QueriesView = { library: null, problem: null };
    const listeners = new Set<() => void>();
    const hold = (next: QueriesView) => {
      view = next;
      for (const listener of listeners) listener();
      for (const mishap of next.library?.mishaps ?? []) say(mishap);
    };
    return {
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      view: () => view,
      async refresh() {
        const answer = await ask(bridge.listQueries());
        hold(answer.ok ? { library: answer.value, problem: null } : { ...view, problem: answer.error });
      },
      async take(change: Promise<Result<QueryLibrary>>) {
        const answer = await ask(change);
        if (answer.ok) hold({ library: answer.value, problem: null });
        return answer.ok ? null : answer.error;
      },
    };
  }, [bridge, say]);
  useEffect(() => void held.refresh(), [held]);
  const view = useSyncExternalStore(held.subscribe, held.view);
  return useMemo(() => ({ ...view, refresh: held.refresh, take: held.take }), [view, held]);
}
