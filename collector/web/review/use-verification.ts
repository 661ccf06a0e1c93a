/**
 * Checks a grant's bundle in the background: waits until the reviewer stays on it, downloads, verifies off the page's
 * thread, and keeps the answer for this page's life. Walking through the queue starts nothing.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { isSignedOut } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import type { Progress, Report } from '../verify/report.ts';

export type Verification =
  | { readonly state: 'waiting' }
  | { readonly state: 'running'; readonly progress: Progress }
  /** `newest` is the ledger index of the newest entry of the timeline that it was started for. */
  | { readonly state: 'done'; readonly report: Report; readonly newest: number }
  | { readonly state: 'failed'; readonly problem: unknown };

const SETTLE_MS = 500;
const known = new Map<string, { readonly report: Report; readonly newest: number }>();
const MOST_KNOWN = 50;

/** A grant that is over is checked again by itself when entries come; one that is live only when asked. */
export function useVerification(
  id: string,
  newest: number,
  live: boolean,
): { readonly verification: Verification; readonly again: () => void } {
  const { calls, verify, onSignedOut } = useDesk();
  const [verification, setVerification] = useState<Verification>({ state: 'waiting' });
  const [round, setRound] = useState(0);
  const latest = useRef(newest);
  latest.current = newest;
  const trigger = live ? -1 : newest;

  useEffect(() => {
    const kept = known.get(id);
    if (kept !== undefined && kept.newest >= trigger && round === 0) {
      setVerification({ state: 'done', ...kept });
      return;
    }
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      const from = latest.current;
      setVerification({ state: 'running', progress: { stage: 'download', part: null, bytes: 0 } });
      try {
        const bundle = await calls.bundle(id, { signal: stop.signal });
        const report = await verify(
          bundle,
          (progress) => !stop.signal.aborted && setVerification({ state: 'running', progress }),
          stop.signal,
        );
        if (stop.signal.aborted) return;
        if (known.size >= MOST_KNOWN) known.clear();
        known.set(id, { report, newest: from });
        setVerification({ state: 'done', report, newest: from });
      } catch (problem) {
        if (stop.signal.aborted) return;
        if (isSignedOut(problem)) onSignedOut();
        setVerification({ state: 'failed', problem });
      }
    };
    setVerification({ state: 'waiting' });
    const timer = window.setTimeout(run, round === 0 ? SETTLE_MS : 0);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [id, trigger, round, calls, verify, onSignedOut]);

  return { verification, again: useCallback(() => setRound((n) => n + 1), []) };
}
