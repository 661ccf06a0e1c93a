/**
 * Starts the built app for a test or the story and hands over its page: on the Chromium double, or on Electron itself
 * where its binary exists. Whoever starts it closes it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, _electron as electron, type Page } from 'playwright';
import type { FromParent, ToParent } from '../../dev/chromium-shell/runtime.ts';
import { electronBinary } from './electron-binary.ts';

const root = join(import.meta.dirname, '../..');
const START_TIMEOUT = 30_000;
const QUIT_TIMEOUT = 20_000;

export interface LaunchOptions {
  /** Folder of settings and log; by default a new one that `close` removes. */
  readonly userData?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of the app: a deep link, for example. */
  readonly args?: readonly string[];
  readonly headless?: boolean;
  /** What the system's theme is, for an app that follows it. */
  readonly theme?: 'dark' | 'light';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The built main, default `out/main/index.js`. */
  readonly main?: string;
  readonly shell?: 'chromium' | 'electron';
}
export interface SaveDialog {
  readonly defaultPath: string;
  answer(path: string | null): void;
}
export interface MessageBox {
  readonly message: string;
  readonly detail: string;
  /** Presses the button of this name. */
  press(button: string): void;
}
export interface OpenDialog {
  answer(paths: readonly string[] | null): void;
}
export interface Vitrine {
  readonly page: Page;
  readonly child: ChildProcess;
  readonly userData: string;
  /** Milliseconds from the start of the process until the page had loaded; null on Electron, which does not say. */
  readonly loadedMs: number | null;
  /** The next address that the app wants to open in the person's browser. */
  opened(): Promise<string>;
  /** What the app has put on the clipboard, newest last (the double only). */
  readonly copied: readonly string[];
  /** The next save dialog: the path that it proposes, and the way to answer it; null chooses nothing. */
  saveDialog(): Promise<SaveDialog>;
  /** The next dialog for files to read (the double only). */
  openDialog(): Promise<OpenDialog>;
  /** The next question that main asks in a dialog of the system (the double only). */
  messageBox(): Promise<MessageBox>;
  /** Files that the app has shown in the file manager. */
  readonly shownFiles: readonly string[];
  /** What the app's button in the taskbar has shown, newest last: share that is left (-1: nothing) and colour (the double only). */
  readonly taskbar: readonly { readonly progress: number; readonly mode: string }[];
  readonly notifications: readonly { readonly title: string; readonly body: string }[];
  /** Everything that main wrote to its output. */
  output(): string;
  /** The machine sleeps or wakes (the double only). */
  power(event: 'suspend' | 'resume'): void;
  /** Loads the page again, which the page itself may not do. */
  reload(): Promise<void>;
  /** Ends main at once, as a crash would; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Quits as a person would, then waits; after 20 s it is killed and this rejects. */
  close(): Promise<void>;
}

/** Rejects with the app's output when it ends before its page has loaded. */
export function launchVitrine(options: LaunchOptions = {}): Promise<Vitrine> {
  return options.shell === 'electron' ? launchElectron(options) : launchDouble(options);
}

async function launchDouble(options: LaunchOptions): Promise<Vitrine> {
  const { userData, removeUserData } = folderOf(options);
  const size = options.viewport ?? { width: 1440, height: 900 };
  const child = spawn(
    process.execPath,
    [
      join(root, 'dev/chromium-shell/run.ts'),
      ...(options.headless === false ? [] : ['--headless']),
      `--theme=${options.theme ?? 'dark'}`,
      `--size=${size.width}x${size.height}`,
      options.main ?? join(root, 'out/main/index.js'),
      `--user-data-dir=${userData}`,
      ...(options.args ?? []),
    ],
    { cwd: root, env: environment(options.env), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const output = collect(child);
  const opened = queue<string>();
  const copied: string[] = [];
  const taskbar: { progress: number; mode: string }[] = [];
  const notifications: { title: string; body: string }[] = [];
  const dialogs = queue<SaveDialog>();
  const choosing = queue<OpenDialog>();
  const questions = queue<MessageBox>();
  const shownFiles: string[] = [];
  const endpoint = Promise.withResolvers<string>();
  const loaded = Promise.withResolvers<number>();
  child.on('message', (message: ToParent) => {
    if (message.type === 'devtools') endpoint.resolve(message.endpoint);
    else if (message.type === 'loaded') loaded.resolve(message.ms);
    else if (message.type === 'open-external') opened.put(message.url);
    else if (message.type === 'clipboard') copied.push(message.text);
    else if (message.type === 'taskbar') taskbar.push(message);
    else if (message.type === 'show-item') shownFiles.push(message.path);
    else if (message.type === 'save-dialog') {
      const { id, defaultPath } = message;
      dialogs.put({ defaultPath, answer: (path) => say({ type: 'save-dialog', id, path }) });
    } else if (message.type === 'open-dialog') {
      const { id } = message;
      choosing.put({ answer: (paths) => say({ type: 'open-dialog', id, paths }) });
    } else if (message.type === 'message-box') {
      const { id, message: words, detail, buttons } = message;
      const press = (button: string) => say({ type: 'message-box', id, response: buttons.indexOf(button) });
      questions.put({ message: words, detail, press });
    } else notifications.push({ title: message.title, body: message.body });
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const say = (message: FromParent) => {
    if (child.connected) child.send(message);
  };
  try {
    const [address, loadedMs] = await inTime(
      START_TIMEOUT,
      Promise.race([
        Promise.all([endpoint.promise, loaded.promise]),
        gone.then(() => Promise.reject(new Error(`Vitrine ended while it started:\n${output()}`))),
      ]),
      () => `Vitrine did not start within ${START_TIMEOUT / 1000} s:\n${output()}`,
    );
    // Playwright's own defaults (theme, focus, downloads) would hide what the double does.
    const browser = await chromium.connectOverCDP(address, { noDefaults: true });
    const page = browser.contexts()[0]?.pages()[0];
    if (!page) throw new Error('The double shows no page');
    return {
      page,
      child,
      userData,
      loadedMs,
      opened: opened.take,
      copied,
      saveDialog: dialogs.take,
      openDialog: choosing.take,
      messageBox: questions.take,
      shownFiles,
      taskbar,
      notifications,
      output,
      power: (event) => say({ type: 'power', event }),
      reload: async () => {
        const again = page.waitForEvent('load');
        say({ type: 'reload' });
        await again;
      },
      kill: async (signal = 'SIGKILL') => {
        child.kill(signal);
        await gone;
        await browser.close();
      },
      close: async () => {
        await browser.close();
        say({ type: 'quit' });
        try {
          await inTime(QUIT_TIMEOUT, gone, () => `Vitrine did not quit within ${QUIT_TIMEOUT / 1000} s:\n${output()}`);
        } finally {
          child.kill('SIGKILL');
          removeUserData();
        }
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await gone;
    removeUserData();
    throw error;
  }
}

/** What the tests have put into Electron's main process. */
interface ElectronGlobals {
  readonly __addresses: string[];
  readonly __shown: string[];
  readonly __asked: { readonly defaultPath: string; answer(path: string | null): void }[];
}

async function launchElectron(options: LaunchOptions): Promise<Vitrine> {
  const binary = electronBinary();
  if ('missing' in binary) throw new Error(binary.missing);
  const { userData, removeUserData } = folderOf(options);
  const app = await electron.launch({
    executablePath: binary.path,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      options.main ?? root,
      `--user-data-dir=${userData}`,
      ...(options.args ?? []),
    ],
    env: environment(options.env),
    cwd: root,
    colorScheme: options.theme ?? 'dark',
  });
  const opened = queue<string>();
  const shownFiles: string[] = [];
  // The login page is the test's to drive; nothing may open on the machine that runs it.
  await app.evaluate(({ shell, dialog }) => {
    const addresses: string[] = [];
    const shown: string[] = [];
    const asked: { defaultPath: string; answer: (path: string | null) => void }[] = [];
    Object.assign(globalThis, { __addresses: addresses, __shown: shown, __asked: asked });
    shell.openExternal = async (address) => void addresses.push(address);
    shell.showItemInFolder = (path) => void shown.push(path);
    // A dialog of the system cannot be driven from here.
    Object.assign(dialog, {
      showSaveDialog: async (_window: unknown, options: { defaultPath?: string }) => {
        const path = await new Promise<string | null>((answer) =>
          asked.push({ defaultPath: options.defaultPath ?? '', answer }),
        );
        return { canceled: path === null, filePath: path ?? '' };
      },
    });
  });
  const page = await app.firstWindow();
  if (options.viewport) await page.setViewportSize(options.viewport);
  await page.waitForLoadState('load');
  const child = app.process();
  const output = collect(child);
  const poll = setInterval(() => {
    app
      .evaluate(() => (globalThis as unknown as ElectronGlobals).__addresses.splice(0))
      .then((addresses) => addresses.forEach(opened.put))
      .then(() => app.evaluate(() => (globalThis as unknown as ElectronGlobals).__shown.splice(0)))
      .then((paths) => shownFiles.push(...paths))
      // The app has ended.
      .catch(() => clearInterval(poll));
  }, 100);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    page,
    child,
    userData,
    loadedMs: null,
    opened: opened.take,
    copied: [],
    async saveDialog() {
      for (;;) {
        const defaultPath = await app.evaluate(
          () => (globalThis as unknown as ElectronGlobals).__asked[0]?.defaultPath,
        );
        if (defaultPath !== undefined)
          return {
            defaultPath,
            answer: (path) =>
              void app.evaluate((_electron, chosen) => {
                (globalThis as unknown as ElectronGlobals).__asked.shift()?.answer(chosen);
              }, path),
          };
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    openDialog: () => Promise.reject(new Error('a dialog for files to read is not driven on Electron yet')),
    messageBox: () => Promise.reject(new Error('a message box is not driven on Electron yet')),
    shownFiles,
    taskbar: [],
    notifications: [],
    output,
    power: () => {
      throw new Error('Electron cannot be told that the machine sleeps');
    },
    reload: async () => {
      await page.reload();
    },
    kill: async (signal = 'SIGKILL') => {
      clearInterval(poll);
      child.kill(signal);
      await gone;
    },
    close: async () => {
      clearInterval(poll);
      await app.close();
      removeUserData();
    },
  };
}

function folderOf(options: LaunchOptions): { userData: string; removeUserData: () => void } {
  if (options.userData !== undefined) return { userData: options.userData, removeUserData: () => undefined };
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-user-'));
  return { userData, removeUserData: () => rmSync(userData, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Options of the test runner's own Node must not reach the app. */
function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return Object.fromEntries(
    Object.entries({ ...rest, ...extra }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-1_000_000);
    });
  return () => text;
}

function queue<T>(): { put(value: T): void; take(): Promise<T> } {
  const values: T[] = [];
  const takers: ((value: T) => void)[] = [];
  return {
    put: (value) => {
      const taker = takers.shift();
      if (taker) taker(value);
      else values.push(value);
    },
    take: () => {
      const [value] = values.splice(0, 1);
      return value === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(value);
    },
  };
}

async function inTime<T>(ms: number, work: Promise<T>, message: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
