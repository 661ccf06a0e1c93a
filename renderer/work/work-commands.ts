/** What can be told to do while a grant lives, besides what the grid, the tabs, the schema and the editor add. */
import type { Settings } from '../../shared/ipc.ts';
import type { Command } from '../commands/index.ts';
import type { What } from '../editor/SqlEditor.tsx';
import type { View } from '../explain/index.ts';

export interface WorkDesk {
  /** Why nothing can be run now; null when it can. */
  readonly busy: string | null;
  /** Something runs or is written that Escape would stop. */
  readonly cancellable: boolean;
  /** The shown result has rows to draw. */
  readonly chartable: boolean;
  run(what: What): void;
  cancel(): void;
  explain(analyze: boolean): void;
  show(view: View): void;
  end(how: 'commit' | 'rollback'): void;
  toggleMode(): void;
  reconnect(): void;
  export(): void;
  search(): void;
  showPanel(panel: Settings['side_panel']): void;
  port(): void;
  handBack(): void;
  extend(): void;
  write(): void;
  giveBack(): void;
  /** The grant writes. */
  readonly writes: boolean;
  /** It came out of an envelope, so nobody can be asked to change it. */
  readonly offline: boolean;
  /** It writes for a while only. */
  readonly elevated: boolean;
}

const cancelByEscape = {
  id: 'cancelByEscape',
  title: 'Cancel what runs',
  group: 'Run',
  keys: ['Escape'],
  where: 'outside the editor',
} as const;

export function workCommands(desk: WorkDesk): Command[] {
  return [
    {
      id: 'run',
      title: 'Run the selection or the current statement',
      group: 'Run',
      keys: ['Mod+Enter'],
      unavailable: desk.busy,
      run: () => desk.run('current'),
    },
    {
      id: 'runAll',
      title: 'Run everything in this tab',
      group: 'Run',
      keys: ['F5', 'Mod+Shift+Enter'],
      unavailable: desk.busy,
      run: () => desk.run('all'),
    },
    { id: 'cancel', title: 'Cancel what runs', group: 'Run', keys: ['Mod+.'], run: desk.cancel },
    // Escape in the editor closes its own widgets first (SqlEditor), and with nothing to cancel it is anybody's.
    ...(desk.cancellable ? [{ ...cancelByEscape, run: desk.cancel }] : []),
    {
      id: 'explain',
      title: 'Explain: the plan of the current statement, without running it',
      group: 'Run',
      keys: ['Mod+E'],
      run: () => desk.explain(false),
    },
    {
      id: 'analyze',
      title: 'Explain and measure: run it, and roll back what it did',
      group: 'Run',
      keys: ['Mod+Shift+E'],
      run: () => desk.explain(true),
    },
    { id: 'showRows', title: 'Show the rows', group: 'Result', run: () => desk.show('rows') },
    { id: 'showPlan', title: 'Show the plan', group: 'Result', run: () => desk.show('explain') },
    {
      id: 'showChart',
      title: 'Show the rows as a chart',
      group: 'Result',
      unavailable: desk.chartable ? null : 'there are no rows to draw',
      run: () => desk.show('chart'),
    },
    {
      id: 'commit',
      title: 'Commit the open transaction',
      group: 'Transaction',
      keys: ['Mod+Shift+Y'],
      run: () => desk.end('commit'),
    },
    {
      id: 'rollback',
      title: 'Roll back the open transaction',
      group: 'Transaction',
      keys: ['Mod+Shift+B'],
      run: () => desk.end('rollback'),
    },
    {
      id: 'mode',
      title: 'Switch between auto-commit and manual',
      group: 'Transaction',
      keys: ['Mod+Shift+M'],
      run: desk.toggleMode,
    },
    {
      id: 'reconnect',
      title: 'Close the connection and open a new one',
      group: 'Transaction',
      run: desk.reconnect,
    },
    { id: 'export', title: 'Write the result to a file', group: 'Result', keys: ['Mod+Shift+S'], run: desk.export },
    {
      id: 'search',
      title: 'Search tables and columns',
      group: 'Schema',
      keys: ['Mod+K'],
      run: desk.search,
    },
    {
      id: 'side.schema',
      title: 'Show the schema in the side bar',
      group: 'View',
      keys: ['Mod+1'],
      run: () => desk.showPanel('schema'),
    },
    {
      id: 'side.history',
      title: 'Show the history: what was run',
      group: 'View',
      keys: ['Mod+2'],
      run: () => desk.showPanel('history'),
    },
    {
      id: 'side.saved',
      title: 'Show the saved queries',
      group: 'View',
      keys: ['Mod+3'],
      run: () => desk.showPanel('saved'),
    },
    {
      id: 'port',
      title: 'Local port: let other tools in, see who is there',
      group: 'Glass',
      keys: ['Mod+Shift+D'],
      run: desk.port,
    },
    {
      id: 'extend',
      title: 'More time: extend this grant…',
      group: 'Glass',
      keys: ['Mod+Shift+X'],
      unavailable: desk.offline ? 'this grant came out of an envelope' : null,
      run: desk.extend,
    },
    {
      id: 'askForWrite',
      title: 'Write access for a while…',
      group: 'Glass',
      keys: ['Mod+Shift+U'],
      unavailable: desk.offline
        ? 'this grant came out of an envelope'
        : desk.writes
          ? 'this grant writes already'
          : null,
      run: desk.write,
    },
    {
      id: 'giveWriteBack',
      title: 'Stop writing: give write access back',
      group: 'Glass',
      unavailable: desk.elevated ? null : 'there is no write access to give back',
      run: desk.giveBack,
    },
    {
      id: 'handBack',
      title: 'Hand back: close the glass',
      group: 'Glass',
      keys: ['Mod+Shift+H'],
      run: desk.handBack,
    },
  ];
}
