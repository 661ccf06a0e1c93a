/** The pages of the history that match, read anew when the filter changes or something has ended. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { HistoryPage } from '../../shared/ipc-history.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { type Chosen, queryOf, refreshed } from './filter.ts';

const AFTER_MS = 120;

export interface HistoryView {
  /** All pages so far, as one; null before the first. */
  readonly page: HistoryPage | null;
  readonly problem: UserError | null;
  /** Reads the next page, where there is one. */
  more(): void;
  /** Reads from the start. */
  again(): void;
}

export function useHistory(bridge: Bridge, chosen: Chosen, news: unknown): HistoryView {
  const [shown, setShown] = useState<{ readonly chosen: Chosen; readonly page: HistoryPage } | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const latest = useRef({ chosen, shown });
  latest.current = { chosen, shown };
  /** Only the answer to the newest question counts. */
  const question = useRef(0);
  const reading = useRef(false);

  const read = useCallback(
    async (what: 'first' | 'next' | 'anew') => {
      const { chosen: now, shown: before } = latest.current;
      const next = what === 'next' ? (before?.page.next ?? null) : null;
      if (what === 'next' && (next === null || reading.current)) return;
      const mine = ++question.current;
      reading.current = true;
      const answer = await ask(bridge.findHistory(queryOf(now, next, Date.now())));
      if (mine !== question.current) return;
      reading.current = false;
      setProblem(answer.ok ? null : answer.error);
      if (!answer.ok) return;
      const { value } = answer;
      if (before === null || before.chosen !== now || what === 'anew') setShown({ chosen: now, page: value });
      else if (what === 'first') setShown({ chosen: now, page: refreshed(before.page, value) });
      else setShown({ chosen: now, page: { ...value, entries: [...before.page.entries, ...value.entries] } });
    },
    [bridge],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter and the news say when to read again
  useEffect(() => {
    const timer = setTimeout(() => void read('first'), AFTER_MS);
    return () => clearTimeout(timer);
  }, [read, chosen, news]);
  return { page: shown?.page ?? null, problem, more: () => void read('next'), again: () => void read('anew') };
}
