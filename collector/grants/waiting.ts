/** Lets long polls hear of a change in this collector at once; those of other collectors they find by looking again. */

export interface Waiting {
  /** Something about this request changed, or it is new. */
  changed(id: string): void;
  /** `ANY` waits for all of them. Resolves at the next change, after `ms`, or when the signal aborts, whichever is first. */
  change(id: string, ms: number, signal?: AbortSignal): Promise<void>;
}

/** Any request. */
export const ANY = '*';

export function openWaiting(): Waiting {
  const waiters = new Map<string, Set<() => void>>();
  return {
    changed(id) {
      for (const wake of [...(waiters.get(id) ?? []), ...(waiters.get(ANY) ?? [])]) wake();
    },
    change: (id, ms, signal) =>
      new Promise((resolve) => {
        const mine = waiters.get(id) ?? new Set();
        waiters.set(id, mine);
        const wake = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          mine.delete(wake);
          if (mine.size === 0) waiters.delete(id);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        mine.add(wake);
        signal?.addEventListener('abort', wake);
        if (signal?.aborted) wake();
      }),
  };
}
