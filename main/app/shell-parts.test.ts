/** The small parts of the shell: what happens before ready, the window and its place, the menu. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beforeReady, deliverOwnLink } from './lifecycle.ts';
import { type Command, menuTemplate } from './menu.ts';
import { windowOptions } from './window.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-window-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('before ready', () => {
  function start(locked: boolean) {
    const done: string[] = [];
    const listeners = new Map<string, (...args: unknown[]) => void>();
    const app = {
      enableSandbox: () => done.push('sandbox'),
      requestSingleInstanceLock: () => locked,
      setAsDefaultProtocolClient: (scheme: string) => done.push(`links ${scheme}`),
      on: (name: string, listener: (...args: unknown[]) => void) => listeners.set(name, listener),
    };
    const early = {
      onDeepLink: (prefill: object) => done.push(`link ${JSON.stringify(prefill)}`),
      onSecondInstance: () => done.push('second'),
    };
    const schemes: unknown[] = [];
    // Only the members that the function names.
    const first = beforeReady(
      app as unknown as App,
      { registerSchemesAsPrivileged: (given) => void schemes.push(...given) },
      early,
    );
    return { first, done, schemes, listeners, early };
  }

  it('sandboxes every renderer and registers app: without bypassing the policy (I7)', () => {
    const { first, done, schemes } = start(true);
    expect(first).toBe(true);
    expect(done).toEqual(['sandbox', 'links vitrine']);
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
  });

  it('does nothing more in a second instance', () => {
    const { first, done, schemes } = start(false);
    expect([first, done, schemes]).toEqual([false, ['sandbox'], []]);
  });

  it('takes a link from any place on the second instance’s command line', () => {
    const { listeners, done } = start(true);
    listeners.get('second-instance')?.({}, ['vitrine', '--a', 'vitrine://request?severity=SEV2', '--b']);
    listeners.get('second-instance')?.({}, ['vitrine']);
    expect(done.slice(2)).toEqual(['second', 'link {"severity":"SEV2"}', 'second']);
  });

  it('takes a link that it was started with, and one that macOS hands over', () => {
    const { listeners, done, early } = start(true);
    deliverOwnLink(['electron', '.', 'vitrine://request?ticket=INC-1'], early);
    listeners.get('open-url')?.({ preventDefault: () => undefined }, 'vitrine://evil');
    listeners.get('open-url')?.({ preventDefault: () => undefined }, 'vitrine://request?ticket=INC-2');
    expect(done.slice(2)).toEqual(['link {"ticket":"INC-1"}', 'link {"ticket":"INC-2"}']);
  });
});

describe('the window', () => {
  const state = { width: 1000, height: 700, x: null, y: null, maximized: false };

  it('writes out every option that keeps the page in (I7)', () => {
    const { webPreferences, show } = windowOptions({ preload: '/p.cjs', packaged: true, dark: true, state });
    expect(show).toBe(false);
    expect(webPreferences).toEqual({
      preload: '/p.cjs',
      sandbox: true,
      contextIsolation: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      plugins: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: false,
    });
  });

  it('has developer tools in an unpacked build only', () => {
    const { webPreferences } = windowOptions({ preload: '/p.cjs', packaged: false, dark: false, state });
    expect(webPreferences?.devTools).toBe(true);
  });

  const screen = [{ x: 0, y: 0, width: 1920, height: 1080 }];

  it('comes back where it was', () => {
    const file = join(folder, 'here.json');
    const there = { width: 1200, height: 800, x: 100, y: 50, maximized: false };
    writeWindowState(file, there);
    expect(readWindowState(file, screen)).toEqual(there);
  });

  it('comes back in sight when its screen is gone', () => {
    const file = join(folder, 'gone.json');
    writeWindowState(file, { width: 1200, height: 800, x: 4000, y: 50, maximized: true });
    expect(readWindowState(file, screen)).toEqual({ width: 1200, height: 800, x: null, y: null, maximized: true });
  });

  it.each(['', '{', '[]', '{"width":1e9,"height":1,"x":0,"y":0,"maximized":false}'])(
    'takes its usual size when the file says %j',
    (text) => {
      const file = join(folder, 'broken.json');
      writeFileSync(file, text);
      expect(readWindowState(file, screen)).toMatchObject({ width: 1440, height: 900, x: null });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );
});

describe('the menu', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('offers the commands of the contract on %s', (platform) => {
    const asked: Command[] = [];
    const template = menuTemplate({
      platform,
      packaged: true,
      command: (name) => asked.push(name),
      quit: () => undefined,
    });
    const items = template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []));
    for (const item of items)
      if (item.accelerator && item.label !== 'Quit') (item.click as (() => void) | undefined)?.();
    expect(asked.sort()).toEqual([
      'cancel',
      'commit',
      'export',
      'handBack',
      'palette',
      'port',
      'rollback',
      'run',
      'settings',
    ]);
    expect(JSON.stringify(template)).not.toMatch(/toggleDevTools|reload/);
  });
});
