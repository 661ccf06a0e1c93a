import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreFactory } from './store.ts';
import { openWorkspace } from './workspace.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-workspace-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** electron-store without Electron: the class it extends. */
const make: StoreFactory = (configName) =>
  new Conf({ configName, cwd: directory, clearInvalidConfig: false, projectVersion: '0.0.0' });
const open = () => openWorkspace(make, directory, () => 42);

describe('the workspace', () => {
  it('keeps tabs and unsent text across a restart', () => {
    const tabs = { tabs: [{ id: 'a', title: 'stuck orders.sql', text: 'select 1 -- unsent' }], active: 'a' };
    open().tabs.write(tabs);
    expect(open().tabs.read()).toEqual(tabs);
  });

  it('puts a damaged file aside, keeps its bytes, and starts fresh', () => {
    writeFileSync(join(directory, 'workspace.json'), '{"workspace": {"tabs": [{"text": "half wri');
    const files = open();
    expect(files.tabs.read().tabs).toHaveLength(1);
    expect(files.tabs.putAside).toContain('workspace.json.damaged-42');
    const kept = readdirSync(directory).find((name) => name.includes('damaged')) ?? '';
    expect(readFileSync(join(directory, kept), 'utf8')).toContain('half wri');
  });

  it('keeps settings that were saved before there was a limit of rows', () => {
    writeFileSync(
      join(directory, 'settings.json'),
      '{"settings": {"theme": "light", "side_width": 300, "editor_height": 0.5, "editor_font_size": 15}}',
    );
    expect(open().settings.read()).toMatchObject({ theme: 'light', side_width: 300, result_rows: 200_000 });
  });

  it('falls back to its defaults where the contents are of another shape', () => {
    writeFileSync(join(directory, 'settings.json'), '{"settings": {"theme": "purple"}}');
    expect(open().settings.read().theme).toBe('system');
  });
});
