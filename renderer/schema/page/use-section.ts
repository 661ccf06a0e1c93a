/** One section of a page: read when it is first shown, and again after the schema was read again. */
import { useEffect, useState } from 'react';
import type { SectionName, SectionOf } from '../../../shared/ipc-schema.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';

export interface Read<T> {
  /** The last answer, also while it is read again and after that was refused. */
  readonly value: T | null;
  readonly problem: UserError | null;
  readonly loading: boolean;
}
/** What pages have read, by object, section and version: a page that is shown again asks nothing again. */
export type Answers = Map<string, unknown>;

export interface Reading {
  readonly bridge: Bridge;
  readonly answers: Answers;
  readonly version: number;
}

export const useSection = <N extends SectionName>(reading: Reading, oid: number, section: N): Read<SectionOf<N>> =>
  useRead<SectionOf<N>>(reading, `${oid} ${section}`, async () => {
    const answer = await ask(reading.bridge.readSection({ oid, section }));
    // Main answers with the section that was asked for.
    return answer.ok ? { ok: true, value: answer.value as SectionOf<N> } : answer;
  });

/** `key` says which answer it is; `read` asks for it. */
export function useRead<T>(
  { answers, version }: Reading,
  key: string,
  read: () => Promise<{ ok: true; value: T } | { ok: false; error: UserError }>,
): Read<T> {
  const place = `${version} ${key}`;
  // Only this function puts something there under a key.
  const had = answers.get(place) as T | undefined;
  const [state, setState] = useState<Read<T> & { readonly key: string; readonly place: string }>({
    key,
    place,
    value: had ?? null,
    problem: null,
    loading: had === undefined,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place says all that the question depends on
  useEffect(() => {
    let left = false;
    const had = answers.get(place) as T | undefined;
    if (had !== undefined) {
      setState({ key, place, value: had, problem: null, loading: false });
      return;
    }
    setState((now) => ({ key, place, value: now.key === key ? now.value : null, problem: null, loading: true }));
    void read().then((answer) => {
      if (answer.ok) answers.set(place, answer.value);
      if (left) return;
      setState((now) =>
        answer.ok
          ? { key, place, value: answer.value, problem: null, loading: false }
          : { ...now, problem: answer.error, loading: false },
      );
    });
    return () => {
      left = true;
    };
  }, [place]);
  // Between a change of the question and its effect, the old answer belongs to another question.
  return state.key === key ? state : { value: null, problem: null, loading: true };
}
