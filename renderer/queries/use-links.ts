/**
 * How each tab stands to the saved query that it belongs to. What is saved is read when a tab needs it; a tab that says the
 * same as what is saved belongs to that, whoever saved it.
 */
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { QueryLibrary, SavedQuery } from '../../shared/ipc-queries.ts';
import { ask, type Bridge } from '../bridge.ts';
import type { WorkspaceHandle } from '../work/use-workspace.ts';

/**
 * `same` as what is saved; `edited` since; `changed`: what is saved is another text than the one that the tab was opened
 * with; `gone`: it is not there any more.
 */
export type Standing = 'same' | 'edited' | 'changed' | 'gone';
export interface Link {
  /** Null where it is gone. */
  readonly query: SavedQuery | null;
  readonly standing: Standing;
}

interface Saved {
  readonly rev: string;
  readonly text: string;
}
export interface Links {
  readonly of: ReadonlyMap<string, Link>;
  /** What is saved, as it was read last. */
  saved(query: string): Saved | undefined;
  /** It was saved just now. */
  keep(query: string, saved: Saved): void;
  /** Reads it from main; null where it is gone or cannot be read. */
  read(query: string): Promise<Saved | null>;
}

export function useLinks(bridge: Bridge, workspace: WorkspaceHandle | null, library: QueryLibrary | null): Links {
  const [saved, setSaved] = useState<ReadonlyMap<string, Saved>>(new Map());
  /** Tabs whose text is what is saved; null where that is not known yet. */
  const [same, setSame] = useState<ReadonlyMap<string, boolean>>(new Map());
  const linked = useMemo(() => workspace?.tabs.tabs.filter(({ link }) => link !== undefined) ?? [], [workspace?.tabs]);
  const queries = useMemo(() => new Map(library?.queries.map((query) => [query.id, query])), [library]);

  const read = useEffectEvent(async (query: string) => {
    const answer = await ask(bridge.readQuery(query));
    if (!answer.ok || answer.value === null) return null;
    const { value } = answer;
    setSaved((now) => new Map(now).set(query, value));
    return value;
  });
  const compare = useEffectEvent((tab: string, query: string) => {
    const text = saved.get(query)?.text;
    if (text === undefined || workspace === null) return;
    const is = workspace.documents.says(tab, text);
    setSame((now) => (now.get(tab) === is ? now : new Map(now).set(tab, is)));
  });
  useEffect(() => {
    for (const { link } of linked) {
      const query = link === undefined ? undefined : queries.get(link.query);
      if (query !== undefined && saved.get(query.id)?.rev !== query.rev) void read(query.id);
    }
  }, [linked, queries, saved]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is saved says when to compare again
  useEffect(() => {
    const stops = linked.flatMap(({ id, link }) => {
      if (link === undefined) return [];
      compare(id, link.query);
      return workspace?.documents.listen(id, () => compare(id, link.query)) ?? [];
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [linked, saved, workspace?.documents]);
  // Whoever has typed what another has saved has nothing left to decide.
  useEffect(() => {
    for (const { id, link } of linked) {
      const text = link === undefined ? undefined : saved.get(link.query);
      if (link !== undefined && text !== undefined && same.get(id) === true && text.rev !== link.rev)
        workspace?.link(id, { query: link.query, rev: text.rev });
    }
  }, [linked, saved, same, workspace]);

  const of = useMemo(() => {
    const all = new Map<string, Link>();
    if (library === null) return all;
    for (const { id, link } of linked) {
      if (link === undefined) continue;
      const query = queries.get(link.query) ?? null;
      const is = same.get(id);
      if (query === null) all.set(id, { query, standing: 'gone' });
      else if (is === true) all.set(id, { query, standing: 'same' });
      else if (query.rev !== link.rev) all.set(id, { query, standing: 'changed' });
      else if (is !== undefined) all.set(id, { query, standing: 'edited' });
    }
    return all;
  }, [library, linked, queries, same]);
  return {
    of,
    saved: (query) => saved.get(query),
    keep: (query, now) => setSaved((all) => new Map(all).set(query, now)),
    read,
  };
}
