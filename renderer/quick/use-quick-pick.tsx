/** What there is to go to at this moment, and the box for it. What was run is asked of main when the box opens. */
import { type ReactNode, useState } from 'react';
import type { HistoryEntry } from '../../shared/ipc-history.ts';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { everything, queryOf } from '../history/filter.ts';
import type { SchemaHandle } from '../schema/use-schema.tsx';
import { oneLine } from '../words/format.ts';
import type { WorkspaceHandle } from '../work/use-workspace.ts';
import type { Item } from './groups.ts';
import { QuickPick } from './QuickPick.tsx';

export interface QuickPlaces {
  readonly bridge: Bridge;
  readonly workspace: WorkspaceHandle | null;
  readonly queries: readonly SavedQuery[];
  readonly schema: Pick<SchemaHandle, 'catalog' | 'actions'>;
  /** Shows a tab in place of whatever is shown. */
  show(tab: string): void;
  openQuery(query: SavedQuery, run: boolean): void;
  openText(text: string): void;
  reopen(tab: string): void;
}

/** Characters of a statement that are looked through. */
const LOOKED = 300;

export function useQuickPick(places: QuickPlaces): ReactNode {
  const { bridge, workspace } = places;
  const [statements, setStatements] = useState<readonly HistoryEntry[] | null>(null);
  const open = () => {
    setStatements([]);
    void ask(bridge.findHistory(queryOf(everything, null, Date.now()))).then((answer) => {
      // Without a history the rest can be gone to all the same.
      if (answer.ok) setStatements((now) => (now === null ? null : answer.value.entries));
    });
  };
  useCommands(() => [
    { id: 'quick', title: 'Go to a tab, saved query, table or statement', group: 'Tabs', keys: ['Mod+P'], run: open },
  ]);
  if (statements === null || workspace === null) return null;
  const openStatement = async ({ id, text }: HistoryEntry) => {
    const answer = await ask(bridge.readHistory(id));
    places.openText((answer.ok ? answer.value : null) ?? text);
  };
  return (
    <QuickPick items={itemsOf(places, workspace, statements, openStatement)} onClose={() => setStatements(null)} />
  );
}

function itemsOf(
  places: QuickPlaces,
  { tabs }: WorkspaceHandle,
  statements: readonly HistoryEntry[],
  openStatement: (entry: HistoryEntry) => Promise<void>,
): Item[] {
  const { actions, catalog } = places.schema;
  const seen = new Set<string>();
  return [
    ...tabs.tabs
      // The one that is shown needs no way there, but should not be missed either.
      .toSorted((a, b) => Number(a.id === tabs.active) - Number(b.id === tabs.active))
      .map(
        ({ id, title }): Item => ({
          key: `tab ${id}`,
          kind: 'Open tab',
          title,
          detail: '',
          open: () => places.show(id),
        }),
      ),
    ...places.queries
      .toSorted((a, b) => (a.updated < b.updated ? 1 : -1))
      .map(
        (query): Item => ({
          key: `query ${query.id}`,
          kind: 'Saved query',
          title: query.name,
          detail: query.folder.join(' / '),
          open: () => places.openQuery(query, false),
          run: () => places.openQuery(query, true),
        }),
      ),
    ...tabs.closed.map(
      ({ id, title }): Item => ({
        key: `closed ${id}`,
        kind: 'Closed tab',
        title,
        detail: '',
        open: () => places.reopen(id),
      }),
    ),
    ...(catalog.known?.relations ?? [])
      .filter(({ kind }) => kind !== 'sequence')
      .map(
        ({ oid, schema, name, kind }): Item => ({
          key: `table ${oid}`,
          kind: 'Table',
          title: name,
          detail: kind === 'view' || kind === 'materialized' ? `${schema} · view` : schema,
          open: () => actions.open({ of: 'relation', oid, schema, name }),
        }),
      ),
    ...statements.flatMap((entry): Item[] => {
      const title = oneLine(entry.text.slice(0, LOOKED));
      if (seen.has(title)) return [];
      seen.add(title);
      return [{ key: `run ${entry.id}`, kind: 'Statement', title, detail: '', open: () => void openStatement(entry) }];
    }),
  ];
}
