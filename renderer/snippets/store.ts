/** The snippets as the page holds them; read once, saved whole at every change. */
import { useSyncExternalStore } from 'react';
import type { Snippet } from '../../shared/ipc-editor.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { sorted } from './snippet.ts';

export interface SnippetStore {
  subscribe(listener: () => void): () => void;
  /** By prefix. Empty until they are read. */
  list(): readonly Snippet[];
  /** Adds it, or replaces the one of its id. Answers why it could not be saved; then nothing is changed. */
  save(snippet: Snippet): Promise<UserError | null>;
  remove(id: string): Promise<UserError | null>;
}

export function createSnippetStore(bridge: Bridge): SnippetStore {
  let held: readonly Snippet[] = [];
  const listeners = new Set<() => void>();
  const hold = (next: readonly Snippet[]) => {
    held = sorted(next);
    for (const listener of listeners) listener();
  };
  const read = ask(bridge.loadSnippets()).then((answer) => {
    if (answer.ok) hold(answer.value);
    return answer;
  });
  const write = async (change: (all: readonly Snippet[]) => readonly Snippet[]): Promise<UserError | null> => {
    // What could not be read must not be written over.
    const first = await read;
    if (!first.ok) return first.error;
    const next = change(held);
    const answer = await ask(bridge.saveSnippets([...next]));
    if (!answer.ok) return answer.error;
    hold(next);
    return null;
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list: () => held,
    save: (snippet) => write((all) => [...all.filter(({ id }) => id !== snippet.id), snippet]),
    remove: (gone) => write((all) => all.filter(({ id }) => id !== gone)),
  };
}

export const useSnippets = (store: SnippetStore): readonly Snippet[] =>
  useSyncExternalStore(store.subscribe, store.list);
