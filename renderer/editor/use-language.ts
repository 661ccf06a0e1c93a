/**
 * Keeps what completion knows of the database: read once connected, again after the person's DDL and when the schema is
 * asked for anew; made searchable while nothing else is to be done. A failure costs only the names: the schema's pane
 * tells of it.
 */
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ResultState } from '../../shared/ipc.ts';
import type { Catalogue } from '../../shared/ipc-completion.ts';
import { ask, type Bridge } from '../bridge.ts';
import { type CatalogueIndex, empty, type Goal, goalOf, indexed, indexing, type Snippet } from '../completion/index.ts';
import { type Excerpt, provideLanguage } from './providers.ts';

/** A script changes many things one after the other: they are read together, ms. */
const TOGETHER_MS = 250;
const none: readonly Snippet[] = [];

export interface Language {
  /** Reads the catalogue again. Stable. */
  readonly refresh: () => void;
  /** Where the name at the cursor leads; null where that is not known. A place is an offset in the whole text. */
  goal(around: Excerpt): Goal | null;
}

/** Completion, hover and signature help while the caller is mounted. `own`: the person's snippets. */
export function useLanguage(bridge: Bridge, connected: boolean, own: readonly Snippet[] = none): Language {
  const index = useRef<CatalogueIndex>(nothingKnown);
  const stop = useRef<() => void>(() => {});
  const asked = useRef(0);
  const snippets = useEffectEvent(() => own);
  const read = useEffectEvent(async () => {
    const turn = ++asked.current;
    const answer = await ask(bridge.getCatalogue());
    if (!answer.ok || turn !== asked.current) return;
    stop.current();
    stop.current = inIdleTime(answer.value, (ready) => {
      index.current = ready;
    });
  });
  const [wish, setWish] = useState(0);

  useEffect(() => provideLanguage({ index: () => index.current, snippets: () => snippets() }), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again with every wish
  useEffect(() => {
    if (!connected) return;
    const timer = setTimeout(() => void read(), TOGETHER_MS);
    return () => clearTimeout(timer);
  }, [connected, wish]);
  useEffect(() => {
    const seen = new Set<string>();
    return bridge.onResult((result) => {
      if (!changesSchema(result) || seen.has(result.id)) return;
      seen.add(result.id);
      setWish((before) => before + 1);
    });
  }, [bridge]);
  useEffect(
    () => () => {
      asked.current++;
      stop.current();
    },
    [],
  );
  return {
    refresh: useCallback(() => setWish((before) => before + 1), []),
    goal({ text, cursor, offset }) {
      const goal = goalOf(text, cursor, index.current);
      return goal?.kind === 'place' ? { ...goal, offset: goal.offset + offset } : goal;
    },
  };
}

const nothingKnown = indexed(empty);
const DDL = /^(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|IMPORT|SELECT INTO)\b/;
/** In force for others too: while its transaction is open, the catalog read beside it does not show it. */
const changesSchema = ({ status, tag, fate }: ResultState): boolean =>
  status === 'done' && tag !== null && DDL.test(tag) && fate !== 'open' && fate !== 'rolled_back';

/** Builds the index in slices that never hold up a keystroke; answers how to give it up. */
function inIdleTime(catalogue: Catalogue, done: (index: CatalogueIndex) => void): () => void {
  const work = indexing(catalogue);
  let handle = 0;
  const go = (deadline: IdleDeadline) => {
    do {
      const step = work.next();
      if (step.done === true) return done(step.value);
    } while (deadline.timeRemaining() > 4);
    handle = requestIdleCallback(go, { timeout: 500 });
  };
  handle = requestIdleCallback(go, { timeout: 500 });
  return () => cancelIdleCallback(handle);
}
