/** The application menu. Its commands are pushed to the page as `onCommand`; the page decides what they mean. */
import type { MenuItemConstructorOptions } from 'electron';

/**
 * `run` … `export` act on the editor's tab, `port` shows the local port, `handBack` ends the grant, `palette` opens the
 * search, `settings` the settings.
 */
export type Command =
  | 'run'
  | 'cancel'
  | 'commit'
  | 'rollback'
  | 'export'
  | 'port'
  | 'handBack'
  | 'palette'
  | 'settings';

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  command(command: Command): void;
  quit(): void;
}

export function menuTemplate({ platform, packaged, command, quit }: MenuParts): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  // The page sees a key first; one that the editor has used never comes here.
  const item = (label: string, name: Command, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => command(name),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    ...(mac ? [] : [{ label: '&File', submenu: [{ label: 'Quit', accelerator: 'CmdOrCtrl+Q', click: quit }] }]),
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        item('Search tables and commands…', 'palette', 'CmdOrCtrl+K'),
        item('Settings…', 'settings', 'CmdOrCtrl+,'),
      ],
    },
    {
      label: '&Query',
      submenu: [
        item('Run statement', 'run', 'CmdOrCtrl+Enter'),
        item('Cancel', 'cancel', 'CmdOrCtrl+.'),
        separator,
        item('Commit', 'commit', 'CmdOrCtrl+Shift+Y'),
        item('Roll back', 'rollback', 'CmdOrCtrl+Shift+B'),
        separator,
        item('Export result…', 'export', 'CmdOrCtrl+Shift+S'),
      ],
    },
    {
      label: '&Glass',
      submenu: [
        item('Local port', 'port', 'CmdOrCtrl+Shift+D'),
        separator,
        item('Hand back…', 'handBack', 'CmdOrCtrl+Shift+H'),
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [separator, { role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
  ];
}
