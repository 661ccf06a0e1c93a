/** What can be done with the result that is shown: as lines of its menu, and as commands with their keys. Pure. */
import type { ResultState } from '../../shared/ipc.ts';
import { type Command, keyText } from '../commands/index.ts';
import type { MenuItem } from '../ui/Menu.tsx';
import { count, oneLine } from '../words/format.ts';
import type { Panel } from './ResultPane.tsx';

export interface Parts {
  readonly shown: ResultState | undefined;
  /** In the order of their tabs. */
  readonly tabs: readonly ResultState[];
  readonly pinned: boolean;
  isPinned(id: string): boolean;
  /** Results with rows that this one can be compared with. */
  readonly others: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly more: number | null;
  readonly panel: Panel;
  readonly comparing: boolean;
  /** Something of the tab runs: Escape is for that. */
  readonly running: boolean;
  choose(id: string): void;
  pin(id: string, pinned: boolean): void;
  rename(id: string): void;
  close(ids: readonly string[]): void;
  compare(other: string): void;
  fetchMore(id: string, rows: number): void;
  setPanel(panel: Panel): void;
}

const PIN = 'Mod+Alt+P';
const RENAME = 'Mod+Alt+R';
const CLOSE = 'Mod+Alt+W';
/** Results that a menu names at most. */
const MOST = 12;

/** Groups of the result's own menu. */
export function actionsOf(parts: Parts): { title?: string; items: MenuItem[] }[] {
  const { shown, tabs, pinned, others, more } = parts;
  if (shown === undefined) return [];
  const { id } = shown;
  const tab: MenuItem[] = [
    pinned
      ? { label: `Unpin (${keyText(PIN)})`, run: () => parts.pin(id, false) }
      : {
          label: `Pin (${keyText(PIN)})`,
          detail: 'It stays when the tab runs again',
          run: () => parts.pin(id, true),
        },
    { label: `Rename… (${keyText(RENAME)})`, run: () => parts.rename(id) },
    { label: `Close (${keyText(CLOSE)})`, run: () => parts.close([id]) },
  ];
  if (tabs.length > 1) tab.push({ label: 'Close the others', run: () => closeOthers(parts) });
  const rows: MenuItem[] = [];
  if (more !== null) rows.push({ label: `Fetch up to ${count(more)} rows`, run: () => parts.fetchMore(id, more) });
  const compare =
    shown.stored > 0
      ? others.slice(-MOST).map(({ id: other, title, text }, n) => ({
          label: `${n + 1}. ${title}`,
          detail: oneLine(text).slice(0, 90),
          run: () => parts.compare(other),
        }))
      : [];
  return [
    { items: tab },
    ...(rows.length > 0 ? [{ items: rows }] : []),
    ...(compare.length > 0 ? [{ title: 'Compare with', items: compare }] : []),
  ];
}

/** Pinned ones stay: they are closed one by one. */
function closeOthers({ shown, tabs, isPinned, close }: Parts): void {
  close(tabs.map(({ id }) => id).filter((id) => id !== shown?.id && !isPinned(id)));
}

export function resultCommands(parts: Parts): Command[] {
  const { shown, tabs, pinned, panel, running, more } = parts;
  const at = tabs.findIndex(({ id }) => id === shown?.id);
  const none = shown === undefined ? 'no result is shown' : null;
  const rows = shown === undefined || shown.stored === 0 ? 'no rows are shown' : null;
  const step = (by: number) => {
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) parts.choose(next.id);
  };
  const one = tabs.length < 2 ? 'there is only one' : null;
  const of = (run: (id: string) => void) => () => {
    if (shown !== undefined) run(shown.id);
  };
  const group = 'Result';
  const last = parts.others.at(-1);
  return [
    { id: 'result.next', title: 'Next result', group, keys: ['Alt+PageDown'], unavailable: one, run: () => step(1) },
    { id: 'result.before', title: 'Result before', group, keys: ['Alt+PageUp'], unavailable: one, run: () => step(-1) },
    {
      id: 'result.pin',
      title: pinned ? 'Unpin the result' : 'Pin the result: it stays when the tab runs again',
      group,
      keys: [PIN],
      unavailable: none,
      run: of((id) => parts.pin(id, !pinned)),
    },
    {
      id: 'result.rename',
      title: 'Rename the result',
      group,
      keys: [RENAME],
      unavailable: none,
      run: of(parts.rename),
    },
    {
      id: 'result.close',
      title: 'Close the result',
      group,
      keys: [CLOSE],
      unavailable: none,
      run: of((id) => parts.close([id])),
    },
    {
      id: 'result.closeOthers',
      title: 'Close the other results',
      group,
      unavailable: one,
      run: () => closeOthers(parts),
    },
    {
      id: 'result.more',
      title: 'Fetch more rows: run the statement again',
      group,
      unavailable: more === null ? 'there are no more to fetch' : null,
      run: of((id) => more !== null && parts.fetchMore(id, more)),
    },
    {
      id: 'result.compare',
      title: 'Compare with the result before',
      group,
      keys: ['Mod+Alt+C'],
      unavailable: rows ?? (last === undefined ? 'there is no other with rows' : null),
      run: () => last !== undefined && parts.compare(last.id),
    },
    {
      id: 'result.value',
      title: 'A closer look at the value',
      group,
      keys: ['Alt+Enter'],
      unavailable: rows,
      run: () => parts.setPanel(panel === 'value' ? null : 'value'),
    },
    {
      id: 'result.row',
      title: 'The row as a form',
      group,
      keys: ['Alt+Shift+Enter'],
      unavailable: rows,
      run: () => parts.setPanel(panel === 'row' ? null : 'row'),
    },
    ...(panel === null || running || parts.comparing
      ? []
      : [
          {
            id: 'result.closePanel',
            title: 'Close the panel beside the rows',
            group,
            keys: ['Escape'],
            where: 'outside the editor',
            run: () => parts.setPanel(null),
          } as const,
        ]),
  ];
}
