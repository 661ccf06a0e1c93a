/**
 * What the window knows of the catalog: the tree first; columns, functions and types when somebody opens or searches them.
 * Reading again keeps what was read until the new answer is there, and tells what has vanished.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Result } from '../../shared/ipc.ts';
import type { TreeColumn } from '../../shared/ipc-schema.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { type Known, vanished } from './tree.ts';

export interface Catalog {
  /** Null until the first answer. */
  readonly known: Known | null;
  readonly loading: boolean;
  readonly problem: UserError | null;
  /** Counts the answers: pages read their sections again after each. */
  readonly version: number;
  /** Qualified names that the last reading did not find any more. */
  readonly vanished: readonly string[];
  refresh(): void;
  dismiss(): void;
  wantColumns(relations: readonly number[]): void;
  wantItems(what: 'functions' | 'types'): void;
  /** Everything that a search looks through. */
  wantAll(): void;
}

const nothing = { columns: new Map<number, readonly TreeColumn[]>(), functions: null, types: null };
type State = Pick<Catalog, 'known' | 'loading' | 'problem' | 'version' | 'vanished'>;
/** What was read besides the tree, to be read again with it. */
type Wish = number | 'columns' | 'functions' | 'types';
/** The contract takes at most so many relations at once. */
const MOST_AT_ONCE = 500;

export function useCatalog(bridge: Bridge, connected: boolean): Catalog {
  const [state, setState] = useState<State>({
    known: null,
    loading: false,
    problem: null,
    version: 0,
    vanished: [],
  });
  const asked = useRef(new Set<Wish>());

  /** Takes an answer in; a refusal is shown, and may be asked for again. */
  const take = useCallback(
    <T>(wishes: readonly Wish[], answer: Result<T>, into: (known: Known, value: T) => Partial<Known>) => {
      if (!answer.ok) for (const wish of wishes) asked.current.delete(wish);
      setState((now) => {
        if (!answer.ok) return { ...now, problem: answer.error };
        if (now.known === null) return now;
        return { ...now, known: { ...now.known, ...into(now.known, answer.value) } };
      });
    },
    [],
  );
  const wantColumns = useCallback(
    (relations: readonly number[] | null) => {
      const wishes: Wish[] = relations === null ? ['columns'] : [...relations].slice(0, MOST_AT_ONCE);
      const fresh = asked.current.has('columns') ? [] : wishes.filter((wish) => !asked.current.has(wish));
      if (fresh.length === 0) return;
      for (const wish of fresh) asked.current.add(wish);
      const oids = fresh.filter((wish) => typeof wish === 'number');
      void ask(bridge.readColumns(relations === null ? null : oids)).then((answer) =>
        take(fresh, answer, (known, list) => {
          const found = Map.groupBy(list, ({ relation }) => relation);
          const empty = relations === null ? known.relations.map(({ oid }) => oid) : oids;
          return { columns: new Map([...known.columns, ...empty.map((oid) => [oid, found.get(oid) ?? []] as const)]) };
        }),
      );
    },
    [bridge, take],
  );
  const wantItems = useCallback(
    (what: 'functions' | 'types') => {
      if (asked.current.has(what)) return;
      asked.current.add(what);
      void ask(bridge.readItems(what)).then((answer) => take([what], answer, (_, list) => ({ [what]: list })));
    },
    [bridge, take],
  );
  const wantAll = useCallback(() => {
    wantColumns(null);
    wantItems('functions');
    wantItems('types');
  }, [wantColumns, wantItems]);

  const refresh = useCallback(() => {
    setState((now) => ({ ...now, loading: true }));
    void ask(bridge.readTree()).then((answer) => {
      const before = [...asked.current];
      asked.current.clear();
      setState((now) => {
        if (!answer.ok) return { ...now, loading: false, problem: answer.error };
        const { known } = now;
        return {
          // What else was read stays on screen until it is read again.
          known: { ...(known ?? nothing), ...answer.value },
          loading: false,
          problem: null,
          version: now.version + 1,
          vanished: known === null ? [] : vanished(known, answer.value),
        };
      });
      if (before.includes('functions')) wantItems('functions');
      if (before.includes('types')) wantItems('types');
      if (before.includes('columns')) wantColumns(null);
      else wantColumns(before.filter((wish) => typeof wish === 'number'));
    });
  }, [bridge, wantColumns, wantItems]);
  useEffect(() => {
    if (connected) refresh();
  }, [connected, refresh]);

  return useMemo(
    () => ({
      ...state,
      refresh,
      dismiss: () => setState((now) => ({ ...now, vanished: [], problem: null })),
      wantColumns,
      wantItems,
      wantAll,
    }),
    [state, refresh, wantColumns, wantItems, wantAll],
  );
}
