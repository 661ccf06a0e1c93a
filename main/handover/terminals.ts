/** Which terminal programs there are, and how each is told to run a script. A table; nothing is started here. Pure. */
import { posix } from 'node:path';

export interface Terminal {
  /** Name to look for on the PATH, or a full path. */
  readonly program: string;
  /** `script`: full path of a script for `sh`, or for `cmd.exe` on Windows. */
  readonly args: (script: string) => readonly string[];
}

/** In the forms that take the command and its arguments as separate words: nothing is read by a shell once more. */
const linux: Readonly<Record<string, readonly string[]>> = {
  'xdg-terminal-exec': [],
  'x-terminal-emulator': ['-e'],
  ptyxis: ['--'],
  'gnome-terminal': ['--'],
  kgx: ['--'],
  konsole: ['-e'],
  'xfce4-terminal': ['-x'],
  'mate-terminal': ['-x'],
  terminator: ['-x'],
  kitty: [],
  alacritty: ['-e'],
  wezterm: ['start', '--'],
  foot: [],
  urxvt: ['-e'],
  xterm: ['-e'],
};

/** The best one first. `env`: the desktop's own variables decide; `TERMINAL` is what many people set. */
export function terminalsOf(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly Terminal[] {
  if (platform === 'darwin') return [{ program: '/usr/bin/open', args: (script) => ['-a', 'Terminal', script] }];
  if (platform === 'win32') {
    const cmd = env.ComSpec ?? 'cmd.exe';
    return [
      { program: 'wt.exe', args: (script) => ['new-tab', '--title', 'psql', cmd, '/d', '/c', script] },
      // A detached program of the console gets a window of its own.
      { program: cmd, args: (script) => ['/d', '/c', script] },
    ];
  }
  const chosen = env.TERMINAL === undefined || env.TERMINAL === '' ? [] : [env.TERMINAL];
  const kde = env.XDG_CURRENT_DESKTOP?.split(':').includes('KDE') === true ? ['konsole'] : [];
  return [...new Set([...chosen, ...kde, ...Object.keys(linux)])].map((program) => ({
    program,
    args: (script) => [...(linux[posix.basename(program)] ?? ['-e']), 'sh', script],
  }));
}
