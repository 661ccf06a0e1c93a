/**
 * Something on the collector that this page keeps looking at: loads, repeats as long as the value asks for it, keeps
 * the last good value when the collector is away, and says so.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { isForbidden, isSignedOut, Refusal } from '../api/client.ts';

export interface Live<T> {
  readonly value: T | null;
  /** Why the newest attempt failed; the value may still be an older good one. */
  readonly problem: unknown;
  readonly reload: () => void;
  /** Puts in what another call has already answered. */
  readonly put: (value: T) => void;
}

interface Options<T> {
  /** `before` is the last good value: a long poll waits for something else. */
  readonly load: (before: T | null, signal: AbortSignal) => Promise<T>;
  /** Milliseconds until the next load; null means the value will not change by itself. */
  readonly pause: (value: T) => number | null;
  readonly onSignedOut: () => void;
}

const RETRY = [1000, 2000, 4000, 8000, 15_000];

/** A refusal is an answer: asking again by itself would not change it. */
const isFinal = (error: unknown): boolean =>
  isSignedOut(error) || isForbidden(error) || (error instanceof Refusal && error.status === 404);

/** Starts over when `key` changes. */
export function useLive<T>(key: string, options: Options<T>): Live<T> {
  const latest = useRef(options);
  latest.current = options;
  const [round, setRound] = useState(0);
  const [held, setHeld] = useState<{ key: string; value: T | null; problem: unknown }>({
    key,
    value: null,
    problem: null,
  });
  const value = useRef<{ key: string; value: T | null }>({ key, value: null });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is how reload() starts the loop again
  useEffect(() => {
    const stop = new AbortController();
    let timer: number | undefined;
    let failures = 0;
    let first = true;
    if (value.current.key !== key) value.current = { key, value: null };
    setHeld((before) => (before.key === key ? before : { key, value: null, problem: null }));

    const turn = async (): Promise<void> => {
      try {
        const before = first ? null : value.current.value;
        first = false;
        const next = await latest.current.load(before, stop.signal);
        if (stop.signal.aborted) return;
        failures = 0;
        value.current = { key, value: next };
        setHeld({ key, value: next, problem: null });
        const pause = latest.current.pause(next);
        if (pause !== null) timer = window.setTimeout(turn, pause);
      } catch (error) {
        if (stop.signal.aborted) return;
        setHeld({ key, value: value.current.value, problem: error });
        if (isSignedOut(error)) latest.current.onSignedOut();
        if (isFinal(error)) return;
        timer = window.setTimeout(turn, RETRY[Math.min(failures, RETRY.length - 1)]);
        failures += 1;
      }
    };
    void turn();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const put = useCallback(
    (next: T) => {
      value.current = { key, value: next };
      setHeld({ key, value: next, problem: null });
      // The running wait asks about the state before this one.
      setRound((n) => n + 1);
    },
    [key],
  );
  return { value: held.key === key ? held.value : null, problem: held.key === key ? held.problem : null, reload, put };
}
