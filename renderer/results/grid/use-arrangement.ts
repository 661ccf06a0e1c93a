/** The order and the choice of a result's rows: what is asked for, what main has made of it, how far it is. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Arrangement, Filter, SortKey } from '../../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';
import { useProgress } from './use-progress.ts';

export interface ArrangedRows {
  readonly sort: readonly SortKey[];
  readonly filters: readonly Filter[];
  /** Null: the rows as they came. */
  readonly arrangement: Arrangement | null;
}
export interface Arranging extends ArrangedRows {
  /** Per cent; null while nothing is done that takes long. */
  readonly progress: number | null;
  readonly busy: boolean;
  /** Resolves when the rows are shown so, or with what is wrong. What is shown stays until then. */
  arrange(sort: readonly SortKey[], filters: readonly Filter[]): Promise<UserError | null>;
  stop(): void;
}

export function useArrangement(
  bridge: Bridge,
  result: { readonly id: string; readonly stored: number; readonly running: boolean },
  first: ArrangedRows,
  keep: (rows: ArrangedRows) => void,
): Arranging {
  const { id, stored, running } = result;
  const [rows, setRows] = useState(first);
  const [busy, setBusy] = useState(false);
  const newest = useRef(0);
  const progress = useProgress(bridge, id, 'arrange', busy);

  const show = (next: ArrangedRows) => {
    setRows(next);
    keep(next);
  };
  const stop = () => void ask(bridge.stopGridWork({ result: id, work: 'arrange' }));
  const arrange = async (sort: readonly SortKey[], filters: readonly Filter[]): Promise<UserError | null> => {
    const mine = ++newest.current;
    if (sort.length === 0 && filters.length === 0) {
      setBusy(false);
      stop();
      show({ sort, filters, arrangement: null });
      return null;
    }
    setBusy(true);
    const answer = await ask(bridge.arrangeRows({ result: id, sort: [...sort], filters: [...filters] }));
    if (mine !== newest.current) return null;
    setBusy(false);
    if (!answer.ok) return answer.error.code === 'stopped' ? null : answer.error;
    show({ sort, filters, arrangement: answer.value });
    return null;
  };

  // Rows that came since are not in it: once the last one is here, it is made again.
  const again = useEffectEvent(() => {
    if (rows.arrangement !== null && rows.arrangement.of < stored) void arrange(rows.sort, rows.filters);
  });
  useEffect(() => {
    if (!running) again();
  }, [running]);
  return { ...rows, progress, busy, arrange, stop };
}
