import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('leaves no channel of electron-store behind (I7)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-stores-'));
  // The real electron-store on the double's ipcMain, which knows every listener; a process of its own for the hooks.
  const script = `
    import { hookElectron } from './dev/chromium-shell/hooks.ts';
    import { startRuntime } from './dev/chromium-shell/runtime.ts';
    startRuntime({ headless: true, systemTheme: 'dark', viewport: null, appPath: process.cwd(), name: 'vitrine',
      version: '0.0.0', userData: ${JSON.stringify(folder)}, chromium: new Promise(() => undefined) });
    hookElectron();
    const { ipcMain } = await import('electron');
    const counted = { before: 0, after: 0 };
    const remove = ipcMain.removeAllListeners.bind(ipcMain);
    const { openElectronStore, STORE_CHANNEL } = await import('./main/app/stores.ts');
    ipcMain.removeAllListeners = (channel) => { counted.before = ipcMain.listenerCount(STORE_CHANNEL); return remove(channel); };
    openElectronStore('settings').set('theme', 'dark');
    counted.after = ipcMain.listenerCount(STORE_CHANNEL);
    console.log(JSON.stringify(counted));
    process.exit(0);`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  // It was there, so that its absence means something.
  expect(JSON.parse(printed)).toEqual({ before: 1, after: 0 });
  expect(existsSync(join(folder, 'settings.json'))).toBe(true);
  rmSync(folder, { recursive: true });
});
