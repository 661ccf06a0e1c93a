/** A text that is looked for in all rows that are shown: main counts the hits and steps through them. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { CallValue, Hit } from '../../../shared/ipc.ts';
import { ask, type Bridge } from '../../bridge.ts';
import { useProgress } from './use-progress.ts';

/** Typing stands still for so long before it is looked for, ms. */
const STILL_MS = 150;

export interface Finding {
  readonly open: boolean;
  readonly text: string;
  readonly found: CallValue<'findInRows'> | null;
  /** The hit that was gone to last. */
  readonly hit: Hit | null;
  readonly progress: number | null;
  setText(text: string): void;
  show(): void;
  close(): void;
  /** To the next hit, or the one before, as seen from the cell with the ring. */
  step(back: boolean): Promise<void>;
}

export function useFind(
  bridge: Bridge,
  result: string,
  rows: { readonly columns: readonly number[]; readonly arrangement: number | null; readonly stored: number },
  /** The cell with the ring; `column` is a place in the result. */
  ring: () => { readonly row: number; readonly column: number } | null,
  go: (hit: Hit) => void,
): Finding {
  const { columns, arrangement, stored } = rows;
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [found, setFound] = useState<Finding['found']>(null);
  const [hit, setHit] = useState<Hit | null>(null);
  const [busy, setBusy] = useState(false);
  const progress = useProgress(bridge, result, 'find', busy);
  /** Cell from which a search begins while its text is still being typed. */
  const from = useRef<{ readonly row: number; readonly column: number } | null>(null);

  const jump = async (place: { readonly row: number; readonly column: number }, back: boolean) => {
    const answer = await ask(bridge.nextHit({ result, from: place, back }));
    if (!answer.ok || answer.value === null) return;
    setHit(answer.value);
    go(answer.value);
  };
  const first = useEffectEvent(() => {
    const [column = 0] = columns.slice(-1);
    // From the row where it was opened on, that row included.
    void jump({ row: (from.current?.row ?? 0) - 1, column }, false);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, or more of them, have other hits
  useEffect(() => {
    setFound(null);
    setHit(null);
    if (!open || text === '' || columns.length === 0) return;
    let over = false;
    const timer = setTimeout(async () => {
      setBusy(true);
      const answer = await ask(bridge.findInRows({ result, arrangement, columns: [...columns], text }));
      if (over) return;
      setBusy(false);
      if (!answer.ok) return;
      setFound(answer.value);
      if (answer.value.hits > 0) first();
    }, STILL_MS);
    return () => {
      over = true;
      clearTimeout(timer);
      setBusy(false);
      void ask(bridge.stopGridWork({ result, work: 'find' }));
    };
  }, [bridge, result, open, text, columns, arrangement, stored]);

  return {
    open,
    text,
    found,
    hit,
    progress,
    setText,
    show() {
      from.current = ring();
      setOpen(true);
    },
    close: () => setOpen(false),
    async step(back) {
      const place = ring();
      if (found !== null && found.hits > 0 && place !== null) await jump(place, back);
    },
  };
}
