/** What was asked to be explained, by tab, and what came of it. */
import { useEffect, useState } from 'react';
import type { ExplainAnswer, ExplainRecord } from '../../shared/ipc-explain.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';

/** What is explained, and where in the tab it came from. */
export interface Explained {
  readonly text: string;
  /** Key of the editor's mark on the text that was taken from the tab, that text, and where in it this one begins. */
  readonly mark: string;
  readonly whole: string;
  readonly offset: number;
}
export interface Explanation extends Explained {
  readonly analyze: boolean;
  /** On this page's monotonic clock, ms. */
  readonly startedAt: number;
  /** Null while it runs. */
  readonly answer: ExplainAnswer | null;
  /** Of the EXPLAIN, as it is known by now. */
  readonly record: ExplainRecord | null;
  /** The call itself was refused: nothing was sent. */
  readonly refused: UserError | null;
}
export interface ExplainHandle {
  of(tab: string): Explanation | undefined;
  running(tab: string): boolean;
  start(tab: string, what: Explained, analyze: boolean, confirmed?: boolean): Promise<void>;
  cancel(tab: string): Promise<UserError | null>;
  /** The person has said no to the question. */
  dismiss(tab: string): void;
}

export function useExplain(bridge: Bridge): ExplainHandle {
  const [all, setAll] = useState<ReadonlyMap<string, Explanation>>(new Map());
  const put = (tab: string, made: Explanation | null) =>
    setAll((before) => {
      const next = new Map(before);
      if (made === null) next.delete(tab);
      else next.set(tab, made);
      return next;
    });
  // The place in the ledger comes behind the answer.
  useEffect(
    () =>
      bridge.onResult(({ id, tab, intent, ledger_index }) => {
        if (tab !== '') return;
        setAll((before) => {
          const [of, found] = [...before].find(([, { record }]) => record?.result === id) ?? [];
          if (of === undefined || found === undefined) return before;
          return new Map(before).set(of, { ...found, record: { result: id, intent, ledger_index } });
        });
      }),
    [bridge],
  );
  const running = (tab: string): boolean => {
    const now = all.get(tab);
    return now !== undefined && now.answer === null && now.refused === null;
  };
  return {
    of: (tab) => all.get(tab),
    running,
    async start(tab, what, analyze, confirmed = false) {
      if (running(tab)) return;
      const { text, mark, whole, offset } = what;
      const begun: Explanation = {
        ...{ text, mark, whole, offset, analyze },
        startedAt: performance.now(),
        answer: null,
        record: null,
        refused: null,
      };
      put(tab, begun);
      const answer = await ask(bridge.explainSql({ tab, text, analyze, confirmed }));
      if (!answer.ok) return put(tab, { ...begun, refused: answer.error });
      const record = answer.value.kind === 'confirm' ? null : answer.value.record;
      put(tab, { ...begun, answer: answer.value, record });
    },
    async cancel(tab) {
      const answer = await ask(bridge.cancelExplain(tab));
      return answer.ok ? null : answer.error;
    },
    dismiss: (tab) => put(tab, null),
  };
}
