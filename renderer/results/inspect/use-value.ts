/** One value of a result, read in parts: never more of it is here than somebody looks at. (I8) */
import { useEffect, useState } from 'react';
import type { ValuePart } from '../../../shared/ipc-results.ts';
import { MOST_OF_A_VALUE } from '../../../shared/results.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';

export interface Place {
  readonly result: string;
  readonly row: number;
  readonly column: number;
}
/** Bytes of a part that is looked at. */
export const PART = 64 * 1024;

export type Read<T> =
  | { readonly state: 'reading'; readonly done: number }
  /** `of`: whose it is; the place that was asked for last may be another one already. */
  | { readonly state: 'here'; readonly value: T; readonly of: Place }
  | { readonly state: 'failed'; readonly problem: UserError };

/** The part from byte `from`. What was there before stays until the next one comes, so that nothing flickers. */
export function usePart(bridge: Bridge, { result, row, column }: Place, from: number, length = PART): Read<ValuePart> {
  const [read, setRead] = useState<Read<ValuePart>>({ state: 'reading', done: 0 });
  useEffect(() => {
    let gone = false;
    void ask(bridge.readValue({ result, row, column, from, length })).then((answer) => {
      if (gone) return;
      const of = { result, row, column };
      setRead(answer.ok ? { state: 'here', value: answer.value, of } : { state: 'failed', problem: answer.error });
    });
    return () => {
      gone = true;
    };
  }, [bridge, result, row, column, from, length]);
  return read;
}

/** All of it, part after part, for looks that need the whole; the caller has seen that it is not too much. */
export function useWhole(bridge: Bridge, { result, row, column }: Place): Read<string> {
  const [read, setRead] = useState<Read<string>>({ state: 'reading', done: 0 });
  useEffect(() => {
    let gone = false;
    const readAll = async () => {
      const parts: string[] = [];
      for (let from: number | null = 0; from !== null; ) {
        const answer: Awaited<ReturnType<Bridge['readValue']>> = await ask(
          bridge.readValue({ result, row, column, from, length: MOST_OF_A_VALUE }),
        );
        if (gone) return;
        if (!answer.ok) return setRead({ state: 'failed', problem: answer.error });
        parts.push(answer.value?.text ?? '');
        from = answer.value?.next ?? null;
        if (from !== null) setRead({ state: 'reading', done: from });
      }
      setRead({ state: 'here', value: parts.join(''), of: { result, row, column } });
    };
    setRead({ state: 'reading', done: 0 });
    void readAll();
    return () => {
      gone = true;
    };
  }, [bridge, result, row, column]);
  return read;
}
