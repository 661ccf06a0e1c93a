import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  const index = {
    tabs: [
      {
        id: 'a',
        title: 'stuck orders.sql',
        place: { line: 3, column: 7, scroll_top: 40 },
        link: { query: 'q1', rev: 'r'.repeat(22) },
      },
    ],
    active: 'a',
    closed: [],
  };
  it('keeps tabs, unsent text and the cursor across a restart', async () => {
    const { tabs } = open();
    tabs.load();
    await tabs.saveText('a', 'select 1 -- unsent');
    tabs.saveIndex(index);
    expect(open().tabs.load()).toEqual({ index, texts: { a: 'select 1 -- unsent' }, mishaps: [] });
  });

  it('puts a damaged list of tabs aside, keeps its bytes, says so, and brings every text back', async () => {
    const { tabs } = open();
    tabs.load();
    await tabs.saveText('a', 'select 1');
    writeFileSync(join(directory, 'workspace.json'), '{"workspace": {"tabs": [{"text": "half wri');
    const { index: found, texts, mishaps } = open().tabs.load();
    expect(found.tabs).toEqual([{ id: 'a', title: 'recovered 1', place: null }]);
    expect(texts).toEqual({ a: 'select 1' });
    expect(mishaps[0]?.message).toContain('workspace.json.damaged-42');
    const kept = readdirSync(directory).find((name) => name.includes('damaged')) ?? '';
    expect(readFileSync(join(directory, kept), 'utf8')).toContain('half wri');
  });

  it('keeps what was of another shape aside, too', () => {
    writeFileSync(join(directory, 'workspace.json'), '{"workspace": {"tabs": 7}}');
    expect(open().tabs.load().mishaps).toHaveLength(1);
    expect(readFileSync(join(directory, 'workspace.json.damaged-42'), 'utf8')).toContain('7');
  });

  it('opens tabs whose texts were kept in the list', () => {
    const old = { tabs: [{ id: 'a', title: 'a', text: 'select 1' }], active: 'a' };
    writeFileSync(join(directory, 'workspace.json'), JSON.stringify({ workspace: old }));
    expect(open().tabs.load().texts).toEqual({ a: 'select 1' });
  });

  it('keeps the bytes of a text that is not UTF-8, and shows the rest of it', async () => {
    const { tabs } = open();
    tabs.load();
    tabs.saveIndex(index);
    writeFileSync(join(directory, 'tabs', 'a.sql'), Buffer.from([0x61, 0xff, 0x62]));
    const { texts, mishaps } = open().tabs.load();
    expect(texts.a).toBe('a\uFFFDb');
    expect(mishaps).toHaveLength(1);
    expect(readFileSync(join(directory, 'tabs', 'a.sql.damaged-42'))).toEqual(Buffer.from([0x61, 0xff, 0x62]));
  });

  it('lets the text of a tab go only when it can be opened again no more', async () => {
    const { tabs } = open();
    tabs.load();
    await tabs.saveText('a', 'select 1');
    tabs.saveIndex({ tabs: [], active: '', closed: [{ id: 'a', title: 'a' }] });
    expect(tabs.readText('a')).toBe('select 1');
    tabs.saveIndex({ tabs: [], active: '', closed: [] });
    expect(tabs.readText('a')).toBeNull();
  });

  it('keeps the newest of texts that were saved at once, and says when there is no place to write', async () => {
    const { tabs } = open();
    tabs.load();
    await Promise.all(['1', '12', '123'].map((text) => tabs.saveText('a', text)));
    expect(tabs.readText('a')).toBe('123');
    rmSync(join(directory, 'tabs'), { recursive: true });
    writeFileSync(join(directory, 'tabs'), 'in the way');
    await expect(tabs.saveText('a', '1234')).rejects.toMatchObject({ code: 'text_not_saved' });
  });

  it('makes its folder again when somebody has cleared it away', async () => {
    const { tabs } = open();
    tabs.load();
    await tabs.saveText('a', 'select 1');
    rmSync(join(directory, 'tabs'), { recursive: true });
    tabs.saveIndex(index);
    await tabs.saveText('a', 'select 2');
    expect(open().tabs.load().texts).toEqual({ a: 'select 2' });
  });

  it('overwrites and removes nothing where it could not read what was there', async () => {
    const before = open().tabs;
    before.load();
    await before.saveText('a', 'select 1');
    before.saveIndex(index);
    renameSync(join(directory, 'tabs'), join(directory, 'away'));
    writeFileSync(join(directory, 'tabs'), 'in the way');
    const { tabs } = open();
    expect(() => tabs.load()).toThrow(expect.objectContaining({ code: 'tabs_not_read' }));
    rmSync(join(directory, 'tabs'));
    renameSync(join(directory, 'away'), join(directory, 'tabs'));
    const fresh = { tabs: [{ id: 'b', title: 'scratch', place: null }], active: 'b', closed: [] };
    expect(() => tabs.saveIndex(fresh)).toThrow(expect.objectContaining({ code: 'tabs_not_saved' }));
    expect(open().tabs.load()).toEqual({ index, texts: { a: 'select 1' }, mishaps: [] });
  });

  it('keeps the texts for which the window has no room', async () => {
    mkdirSync(join(directory, 'tabs'));
    for (let n = 0; n < 203; n++)
      writeFileSync(join(directory, 'tabs', `t${String(n).padStart(3, '0')}.sql`), `select ${n}`);
    const { index: found } = open().tabs.load();
    expect(found.tabs).toHaveLength(200);
    const again = open().tabs;
    again.load();
    again.saveIndex({ ...found, tabs: [] });
    expect(again.readText('t000')).toBeNull();
    expect(open().tabs.load().texts).toEqual({ t200: 'select 200', t201: 'select 201', t202: 'select 202' });
  });

  it('keeps what it cannot read of a tab aside, so that nothing is written over it', async () => {
    const { tabs } = open();
    tabs.load();
    tabs.saveIndex(index);
    // A folder in the place of the file: not even root reads a text from it.
    mkdirSync(join(directory, 'tabs', 'a.sql'));
    const again = open().tabs;
    const { texts, mishaps } = again.load();
    expect(texts).toEqual({ a: '' });
    expect(mishaps[0]?.message).toContain('a.sql.damaged-42');
    await again.saveText('a', 'typed since');
    expect(readdirSync(join(directory, 'tabs')).sort()).toEqual(['a.sql', 'a.sql.damaged-42']);
  });

  it('puts damaged settings and snippets aside, each told once', () => {
    for (const name of ['settings.json', 'snippets.json']) writeFileSync(join(directory, name), '{"half');
    const files = open();
    expect(files.snippets.read()).toEqual([]);
    expect(files.mishaps().map(({ code }) => code)).toEqual(['settings_damaged', 'snippets_damaged']);
    expect(files.mishaps()).toEqual([]);
    expect(readFileSync(join(directory, 'snippets.json.damaged-42'), 'utf8')).toBe('{"half');
  });

  it('keeps settings that were saved before there was a limit of rows', () => {
    writeFileSync(
      join(directory, 'settings.json'),
      '{"settings": {"theme": "light", "side_width": 300, "editor_height": 0.5, "editor_font_size": 15}}',
    );
    expect(open().settings.read()).toMatchObject({ theme: 'light', side_width: 300, result_rows: 200_000 });
  });

  const settingsFile = () => join(directory, 'settings.json');
  const stored = () => JSON.parse(readFileSync(settingsFile(), 'utf8')) as { settings: Record<string, unknown> };

  it('puts a wrong value of the settings aside, says which, keeps all others, and tells it once', () => {
    const wrong = '{"settings": {"theme": "purple", "result_rows": 1000, "from_the_future": 1}}';
    writeFileSync(settingsFile(), wrong);
    const first = open();
    expect(first.settings.read()).toMatchObject({ theme: 'system', result_rows: 1000 });
    const [told] = first.mishaps();
    expect(told?.message).toContain('is as on the first day now: theme.');
    expect(told?.message).toContain('settings.json.damaged-42');
    expect(first.mishaps()).toEqual([]);
    expect(JSON.parse(readFileSync(`${settingsFile()}.damaged-42`, 'utf8'))).toEqual(JSON.parse(wrong));
    expect(stored().settings).toMatchObject({ theme: 'system', result_rows: 1000, from_the_future: 1 });
    expect(open().mishaps()).toEqual([]);
  });

  it('does the same for what is beside the settings, and for snippets', () => {
    writeFileSync(settingsFile(), '{"settings": {"theme": "dark"}, "transactionMode": 7, "lastRequest": "x"}');
    writeFileSync(join(directory, 'snippets.json'), '{"snippets": [{"id": 1}]}');
    const found = open();
    expect(found.transactionMode.read()).toBe('auto');
    expect(found.settings.read().theme).toBe('dark');
    const told = found.mishaps();
    expect(told.map(({ message }) => message).join(' ')).toMatch(/your snippets.*the last request.*transaction mode/s);
    expect(new Set(told.map(({ code }) => code)).size).toBe(3);
    expect(readFileSync(join(directory, 'snippets.json.damaged-42'), 'utf8')).toContain('"id": 1');
  });

  it('puts a file aside that is JSON and no store', () => {
    for (const text of ['[1, 2]', 'null', '"text"', '']) {
      writeFileSync(settingsFile(), text);
      const found = open();
      expect(found.settings.read().theme).toBe('system');
      expect(found.mishaps()[0]?.message).toContain('settings.json.damaged-42');
      expect(readFileSync(`${settingsFile()}.damaged-42`, 'utf8')).toBe(text);
    }
  });

  it('holds what was set where the disk does not take it, and says so', () => {
    const full: StoreFactory = (name) => {
      const raw = make(name);
      const set = () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      };
      return { path: raw.path, get: (key) => raw.get(key), set, delete: (key) => raw.delete(key) };
    };
    writeFileSync(settingsFile(), '{"settings": {"theme": "purple"}}');
    const { settings, mishaps } = openWorkspace(full, directory, () => 42);
    expect(mishaps()[0]?.message).toContain('The file was left as it is');
    expect(() => settings.write({ ...settings.read(), theme: 'dark' })).toThrow('the disk is full');
    expect(settings.read().theme).toBe('dark');
    expect(readFileSync(settingsFile(), 'utf8')).toContain('purple');
  });
});
