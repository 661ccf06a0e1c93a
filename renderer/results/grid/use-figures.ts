/** What the selected values add up to, counted by main: the rows do not come here for that. */
import { useEffect, useState } from 'react';
import type { Figures } from '../../../shared/ipc.ts';
import { ask, type Bridge } from '../../bridge.ts';
import { bounds, type Selection } from './selection.ts';
import { useProgress } from './use-progress.ts';

/** The selection stands still for so long before it is counted, ms. */
const STILL_MS = 120;

export interface Counted {
  /** Null for one single cell, and until they are counted. */
  readonly figures: Figures | null;
  readonly progress: number | null;
}

export function useFigures(
  bridge: Bridge,
  result: string,
  columns: readonly number[],
  arrangement: number | null,
  selection: Selection | null,
): Counted {
  const [figures, setFigures] = useState<Figures | null>(null);
  const [busy, setBusy] = useState(false);
  const progress = useProgress(bridge, result, 'add_up', busy);
  useEffect(() => {
    setFigures(null);
    if (selection === null) return;
    const { top, bottom, left, right } = bounds(selection);
    const chosen = columns.slice(left, right + 1);
    if ((top === bottom && left === right) || chosen.length === 0) return;
    let over = false;
    const timer = setTimeout(async () => {
      setBusy(true);
      const answer = await ask(bridge.addUp({ result, arrangement, top, bottom, columns: chosen }));
      if (over) return;
      setBusy(false);
      if (answer.ok) setFigures(answer.value);
    }, STILL_MS);
    return () => {
      over = true;
      clearTimeout(timer);
      setBusy(false);
      void ask(bridge.stopGridWork({ result, work: 'add_up' }));
    };
  }, [bridge, result, columns, arrangement, selection]);
  return { figures, progress };
}
