/** The palette and the key map, and the commands that are there on every screen. */
import { useState } from 'react';
import { useSettings } from '../settings.tsx';
import { KeyMap } from './KeyMap.tsx';
import { Palette } from './Palette.tsx';
import { useCommands } from './registry.tsx';
import './commands.css';

export function CommandCentre() {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  const { settings, change } = useSettings();
  const theme = (id: typeof settings.theme, title: string) =>
    ({
      id: `theme.${id}`,
      title,
      group: 'View',
      unavailable: settings.theme === id ? 'it is' : null,
      run: () => change({ theme: id }),
    }) as const;
  useCommands(() => [
    {
      id: 'palette',
      title: 'All commands',
      group: 'Help',
      keys: ['Mod+Shift+P', 'F1'],
      run: () => setOpen('palette'),
    },
    { id: 'keys', title: 'All keys', group: 'Help', keys: ['Shift+F1'], run: () => setOpen('keys') },
    theme('dark', 'Dark theme'),
    theme('light', 'Light theme'),
    theme('system', 'Theme as the system has it'),
  ]);
  const close = () => setOpen(null);
  if (open === 'palette') return <Palette onClose={close} />;
  if (open === 'keys') return <KeyMap onClose={close} />;
  return null;
}
