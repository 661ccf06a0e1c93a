/**
 * Runs `vitrine port` for a test: the built main without a window, on the double or on Electron. Every line of its
 * standard output has to be an event; a line that is none fails the test that reads it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ToParent } from '../../dev/chromium-shell/runtime.ts';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import { type TerminalEvent, terminalEvent } from '../../main/terminal/events.ts';
import { electronBinary } from './electron-binary.ts';

const root = join(import.meta.dirname, '../..');

export interface PortOptions {
  readonly args: readonly string[];
  /** Folder of settings, key and log. */
  readonly userData: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its input, which then ends. */
  readonly input?: string;
  /** Who signs in when it opens a browser; nobody when absent. */
  readonly person?: string;
  readonly shell?: 'chromium' | 'electron';
  /** Another way to start it: `npm run port`. */
  readonly command?: readonly [string, ...string[]];
  /** On a terminal of its own (`script` of util-linux), which a test types at; both outputs are then `output`. */
  readonly terminal?: boolean;
}

export interface PortRun {
  readonly child: ChildProcess;
  /** The next event of this kind, from the beginning on; fails when the run ends without one. */
  event<E extends TerminalEvent['event']>(kind: E): Promise<Extract<TerminalEvent, { event: E }>>;
  /** All events so far. */
  events(): TerminalEvent[];
  /** What a person would read. */
  words(): string;
  /** Its standard output as it is. */
  output(): string;
  /** Waits until the output shows this behind what was typed last, and types. Answers with what was found. */
  answer(question: RegExp, typed: string): Promise<RegExpExecArray>;
  /** Exit code; 128 + signal is not added here: null is a signal. */
  readonly ended: Promise<number | null>;
}

export function runPort(options: PortOptions): PortRun {
  const own = options.command ?? programOf(options);
  const [program, ...args] =
    options.terminal === true ? onTerminal([...own, ...options.args]) : [...own, ...options.args];
  const { NODE_OPTIONS: _, DISPLAY: _x, WAYLAND_DISPLAY: _w, ...env } = process.env;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe', ...(options.terminal === true ? [] : (['ipc'] as const))],
  });
  if (options.terminal !== true) child.stdin?.end(options.input ?? '');
  let output = '';
  let words = '';
  let over = false;
  const changed = new Set<() => void>();
  const change = (): void => {
    for (const wake of [...changed]) wake();
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    change();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    words += chunk.toString('utf8');
  });
  child.on('message', (message: ToParent) => {
    if (message.type !== 'open-external' || options.person === undefined) return;
    openUserAgent()
      .signIn(message.url, options.person)
      .then((answer) => fetch(answer))
      .catch((error: unknown) => {
        words += `the test could not sign in: ${String(error)}\n`;
      });
  });
  const ended = new Promise<number | null>((resolve) => {
    // `close`, not `exit`: by then everything that was written has been read.
    child.once('close', (code) => {
      over = true;
      change();
      resolve(code);
    });
  });
  const events = (): TerminalEvent[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => terminalEvent.parse(JSON.parse(line)));
  const anotherChange = (): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        changed.delete(wake);
        resolve();
      };
      changed.add(wake);
    });
  const taken = new Map<string, number>();
  let read = 0;
  return {
    child,
    events,
    words: () => words,
    output: () => output,
    ended,
    async event(kind) {
      const nth = taken.get(kind) ?? 0;
      taken.set(kind, nth + 1);
      for (;;) {
        const found = events().filter(
          (one): one is Extract<TerminalEvent, { event: typeof kind }> => one.event === kind,
        );
        const wanted = found[nth];
        if (wanted !== undefined) return wanted;
        if (over) throw new Error(`vitrine port ended without “${kind}”:\n${output}\n${words}`);
        await anotherChange();
      }
    },
    async answer(question, typed) {
      for (;;) {
        const found = question.exec(output.slice(read));
        if (found !== null) {
          read += found.index + found[0].length;
          child.stdin?.write(typed);
          return found;
        }
        if (over) throw new Error(`vitrine port ended without ${question}:\n${output}\n${words}`);
        await anotherChange();
      }
    },
  };
}

const onTerminal = (command: readonly string[]): [string, ...string[]] => {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  // `exec`: a shell that stayed in between would hear Ctrl+C too, and some die of it, whatever the program answers.
  return ['script', '--quiet', '--return', '--flush', '--command', `exec ${quoted}`, '/dev/null'];
};

function programOf({ userData, shell }: PortOptions): readonly [string, ...string[]] {
  const own = `--user-data-dir=${userData}`;
  const main = join(root, 'out/main/index.js');
  if (shell !== 'electron')
    return [process.execPath, join(root, 'dev/chromium-shell/run.ts'), '--no-window', main, own, 'port'];
  const binary = electronBinary();
  if ('missing' in binary) throw new Error(binary.missing);
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [binary.path, ...asRoot, '--ozone-platform=headless', '--disable-gpu', own, root, 'port'];
}
