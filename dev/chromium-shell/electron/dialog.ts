/**
 * `dialog.showSaveDialog`, `dialog.showOpenDialog` and `dialog.showMessageBox`. A controlling process answers them, as a
 * person would. Without one, in a window, there is no dialog of the system to show: a file that is saved goes to the
 * Downloads folder under a name that is free, nothing can be chosen to read, a question is answered with its first button;
 * and a line says so.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { controlled, runtime, tellParent } from '../runtime.ts';
import { BrowserWindowDouble } from './browser-window.ts';
import { notImplemented, strict } from './strict.ts';

interface Asked {
  readonly title?: string;
  readonly buttonLabel?: string;
  readonly defaultPath?: string;
  readonly filters?: readonly { readonly name: string; readonly extensions: readonly string[] }[];
  readonly properties?: readonly string[];
}
interface Answer {
  readonly canceled: boolean;
  readonly filePath: string;
}

const KNOWN = new Set(['title', 'buttonLabel', 'defaultPath', 'filters', 'properties']);
const waiting = new Map<number, (path: string | null) => void>();
let next = 1;

/** For the double: the controlling process has answered. */
export function saveDialogAnswered(id: number, path: string | null): void {
  waiting.get(id)?.(path);
  waiting.delete(id);
}

const choosing = new Map<number, (paths: readonly string[] | null) => void>();

/** As {@link saveDialogAnswered}, for files to read. */
export function openDialogAnswered(id: number, paths: readonly string[] | null): void {
  choosing.get(id)?.(paths);
  choosing.delete(id);
}

async function showOpenDialog(window: unknown, options: Asked): Promise<{ canceled: boolean; filePaths: string[] }> {
  if (!(window instanceof BrowserWindowDouble))
    throw notImplemented('dialog.showOpenDialog without a window that it belongs to');
  for (const key of Object.keys(options)) if (!KNOWN.has(key)) throw notImplemented(`dialog.showOpenDialog({${key}})`);
  if (!controlled()) console.log('The Chromium double has no file dialog; nothing is chosen');
  const paths = controlled() ? await chosen(options) : null;
  return { canceled: paths === null, filePaths: [...(paths ?? [])] };
}

function chosen({ filters = [] }: Asked): Promise<readonly string[] | null> {
  const id = next++;
  return new Promise((resolve) => {
    choosing.set(id, resolve);
    tellParent({ type: 'open-dialog', id, extensions: filters.flatMap((filter) => filter.extensions) });
  });
}

interface Question {
  readonly type?: string;
  readonly title?: string;
  readonly message: string;
  readonly detail?: string;
  readonly buttons?: readonly string[];
  readonly defaultId?: number;
  readonly cancelId?: number;
  readonly noLink?: boolean;
}
const QUESTION = new Set(['type', 'title', 'message', 'detail', 'buttons', 'defaultId', 'cancelId', 'noLink']);
const deciding = new Map<number, (response: number) => void>();

/** As {@link saveDialogAnswered}, for a question. */
export function messageBoxAnswered(id: number, response: number): void {
  deciding.get(id)?.(response);
  deciding.delete(id);
}

async function showMessageBox(window: unknown, options: Question): Promise<{ response: number }> {
  if (!(window instanceof BrowserWindowDouble))
    throw notImplemented('dialog.showMessageBox without a window that it belongs to');
  for (const key of Object.keys(options))
    if (!QUESTION.has(key)) throw notImplemented(`dialog.showMessageBox({${key}})`);
  const { message, detail = '', buttons = ['OK'] } = options;
  if (!controlled()) {
    if (runtime().headless) throw new Error('No dialog can open here: the double runs headless and nobody controls it');
    console.log(`The Chromium double has no message box; it takes “${buttons[0]}” for: ${message}`);
    return { response: 0 };
  }
  const id = next++;
  return new Promise((resolve) => {
    deciding.set(id, (response) => resolve({ response }));
    tellParent({ type: 'message-box', id, message, detail, buttons });
  });
}

async function showSaveDialog(window: unknown, options: Asked): Promise<Answer> {
  if (!(window instanceof BrowserWindowDouble))
    throw notImplemented('dialog.showSaveDialog without a window that it belongs to');
  for (const key of Object.keys(options)) if (!KNOWN.has(key)) throw notImplemented(`dialog.showSaveDialog({${key}})`);
  const path = controlled() ? await asked(options) : inDownloads(options);
  return { canceled: path === null, filePath: path ?? '' };
}

function asked({ defaultPath = '', filters = [] }: Asked): Promise<string | null> {
  const id = next++;
  const extensions = filters.flatMap((filter) => filter.extensions);
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tellParent({ type: 'save-dialog', id, defaultPath, extensions });
  });
}

function inDownloads({ defaultPath = '' }: Asked): string {
  if (runtime().headless) throw new Error('No dialog can open here: the double runs headless and nobody controls it');
  const downloads = join(homedir(), 'Downloads');
  const path = freePath(existsSync(downloads) ? downloads : homedir(), defaultPath, existsSync);
  console.log(`The Chromium double has no file dialog; it takes ${path}`);
  return path;
}

/** `orders.csv`, or `orders (2).csv` where that is taken: nobody can be asked whether it may be overwritten. */
export function freePath(folder: string, proposal: string, taken: (path: string) => boolean): string {
  const extension = extname(proposal);
  const name = basename(proposal, extension) || 'file';
  for (let n = 1; ; n++) {
    const path = join(folder, `${name}${n === 1 ? '' : ` (${n})`}${extension}`);
    if (!taken(path)) return path;
  }
}

export const dialogDouble = strict('dialog', { showSaveDialog, showOpenDialog, showMessageBox });
