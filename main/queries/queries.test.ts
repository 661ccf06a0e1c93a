import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueryDetails } from '../../shared/ipc-queries.ts';
import { MAX_FOLDERS, MAX_QUERIES } from '../../shared/queries.ts';
import { bounded } from './folders.ts';
import { openLibrary } from './library.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-queries-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

let ids = 0;
const open = () =>
  openLibrary(
    directory,
    () => 1_700_000_000_000,
    () => `made-${++ids}`,
  );
const at = (...names: string[]) => join(directory, 'queries', ...names);
const draft = (id: string, part: Partial<QueryDetails & { text: string }> = {}) => ({
  id,
  name: id,
  folder: [],
  description: '',
  target: null,
  parameters: [],
  text: `select '${id}'`,
  ...part,
});

describe('saved queries', () => {
  it('are there after a restart with everything a person said of them, each in a file of its own', async () => {
    const all = draft('stuck', {
      name: 'Stuck orders',
      folder: ['Incidents', 'Payments'],
      description: 'Orders that never left processing.\n\nSecond paragraph.',
      target: 'orders',
      parameters: [
        { name: ':worker', description: 'Whose orders\nand more', default: { kind: 'text', value: ' worker-7c9f ' } },
        { name: '$1', description: '', default: { kind: 'number', value: '7' } },
      ],
      text: '-- name: not a front\n--\nselect :worker, $1\r\n',
    });
    await open().create(all);
    const { queries, folders, mishaps } = await open().list();
    const { text, ...details } = all;
    expect(queries).toMatchObject([{ ...details, length: text.length, updated: '2023-11-14T22:13:20.000Z' }]);
    expect(folders).toEqual([['Incidents'], ['Incidents', 'Payments']]);
    expect(mishaps).toEqual([]);
    expect((await open().read('stuck'))?.text).toBe(text);
    expect(statSync(at('stuck.sql')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('stuck.sql'), 'utf8')).toMatch(/^-- Vitrine saved query, format 1\n-- name: Stuck orders\n/);
  });

  it('cost one query where one file is damaged: it is put aside with its bytes, told, and never written over', async () => {
    const library = open();
    await library.create(draft('a'));
    await library.create(draft('b'));
    writeFileSync(at('a.sql'), Buffer.from([0x2d, 0xff, 0x62]));
    const { queries, mishaps } = await open().list();
    expect(queries.map(({ id }) => id)).toEqual(['b']);
    expect(mishaps).toHaveLength(1);
    expect(mishaps[0]?.message).toContain('a.sql.damaged-1700000000000');
    expect(readFileSync(at('a.sql.damaged-1700000000000'))).toEqual(Buffer.from([0x2d, 0xff, 0x62]));
  });

  it('leave what a newer Vitrine wrote where it is, and keep empty folders but for a damaged list of them', async () => {
    const library = open();
    await library.makeFolder(['Empty', 'Inside']);
    writeFileSync(at('new.sql'), '-- Vitrine saved query, format 2\n-- name: x\n--\nselect 1');
    writeFileSync(at('hand.sql'), '-- Vitrine saved query, format 1\n-- name: a/b\n--\nselect 1');
    expect((await open().list()).folders).toEqual([['Empty'], ['Empty', 'Inside']]);
    writeFileSync(at('folders.json'), '[["Emp');
    const { folders, mishaps } = await open().list();
    expect(folders).toEqual([]);
    const told = mishaps.map(({ message }) => message);
    expect(told).toHaveLength(3);
    for (const words of ['A name holds no /', 'newer Vitrine', 'list of folders']) expect(told.join()).toContain(words);
    await expect(open().create(draft('new'))).rejects.toMatchObject({ code: 'query_name_taken' });
    expect([existsSync(at('new.sql')), existsSync(at('hand.sql'))]).toEqual([true, true]);
    expect(readFileSync(at('new.sql'), 'utf8')).toContain('format 2');
  });

  it('refuse a text that was made from another one, whoever changed it: a tab or another program', async () => {
    const library = open();
    const [first] = (await library.create(draft('a'))).queries;
    const base = first?.rev ?? '';
    await library.saveText({ id: 'a', text: 'select 2', base });
    await expect(library.saveText({ id: 'a', text: 'select 3', base })).rejects.toMatchObject({
      code: 'query_changed',
    });
    const [second] = (await library.saveText({ id: 'a', text: 'select 3', base: null })).queries;
    writeFileSync(at('a.sql'), readFileSync(at('a.sql'), 'utf8').replace('select 3', 'select 4'));
    await expect(library.saveText({ id: 'a', text: 'select 5', base: second?.rev ?? '' })).rejects.toMatchObject({
      code: 'query_changed',
    });
    expect((await library.read('a'))?.text).toBe('select 4');
    rmSync(at('a.sql'));
    await expect(library.saveText({ id: 'a', text: 'select 5', base: null })).rejects.toMatchObject({
      code: 'query_gone',
    });
    expect(await library.read('a')).toBeNull();
  });

  it('have one name in one folder, however it is written', async () => {
    const library = open();
    await library.create(draft('a', { name: 'Stuck', folder: ['Incidents'] }));
    await expect(library.create(draft('b', { name: 'STUCK', folder: ['incidents'] }))).rejects.toMatchObject({
      code: 'query_name_taken',
    });
    await library.create(draft('b', { name: 'Stuck', folder: ['incidents', 'Deep'] }));
    expect((await library.list()).folders).toEqual([['Incidents'], ['Incidents', 'Deep']]);
  });

  it.each([
    ['an empty name', { name: '  ' }],
    ['a way out', { name: '../../etc/passwd' }],
    ['dots', { name: '..' }],
    ['a control character', { name: 'a\nb' }],
    ['another writing direction', { name: 'a\u202Ebc' }],
    ['a long name', { name: 'x'.repeat(121) }],
    ['deep folders', { folder: Array.from({ length: 9 }, () => 'x') }],
    ['a folder with a way out', { folder: ['..'] }],
    ['no text', { text: ' \n' }],
    ['a long text', { text: 'x'.repeat(1_000_001) }],
    ['half of a character', { text: 'select \ud800' }],
    ['a parameter that none is', { parameters: [{ name: ':a b', description: '', default: null }] }],
    [
      'a long default',
      { parameters: [{ name: ':a', description: '', default: { kind: 'text', value: 'x'.repeat(10_001) } }] },
    ],
  ] as const)('are refused with %s, and nothing is written', async (_, part) => {
    // The table is read only; the draft is not.
    const wrong = structuredClone(part) as Partial<QueryDetails & { text: string }>;
    await expect(open().create(draft('a', wrong))).rejects.toMatchObject({ code: 'query_refused' });
    expect(readdirSync(at())).toEqual([]);
  });

  it('move with their folder, and not into themselves', async () => {
    const library = open();
    await library.create(draft('a', { folder: ['One', 'Two'] }));
    await library.create(draft('b', { folder: ['One'] }));
    await library.makeFolder(['Other']);
    await expect(library.moveFolder({ from: ['One'], to: ['One', 'Two', 'One'] })).rejects.toMatchObject({
      code: 'query_refused',
    });
    await expect(library.moveFolder({ from: ['One'], to: ['other'] })).rejects.toMatchObject({
      code: 'query_name_taken',
    });
    await library.moveFolder({ from: ['One'], to: ['Other', 'ONE'] });
    const { queries, folders } = await open().list();
    expect(folders).toEqual([['Other'], ['Other', 'ONE'], ['Other', 'ONE', 'Two']]);
    expect(queries.map(({ folder }) => folder.join('/'))).toEqual(['Other/ONE/Two', 'Other/ONE']);
    await library.moveFolder({ from: ['Other'], to: ['OTHER'] });
    expect((await open().list()).folders[0]).toEqual(['OTHER']);
  });

  it('come back after a deletion, a folder with all in it too, beside what took their name', async () => {
    const library = open();
    await library.create(draft('a', { name: 'Same', folder: ['One', 'Two'] }));
    await library.makeFolder(['One', 'Empty']);
    const { deleted, queries, folders } = await library.remove({ kind: 'folder', path: ['One'] });
    expect({ queries, folders }).toEqual({ queries: [], folders: [] });
    expect(deleted[0]?.words).toBe('“One”, a folder with 1 query');
    expect((await open().list()).queries).toEqual([]);
    await library.create(draft('b', { name: 'Same', folder: ['One', 'Two'] }));
    const back = await library.undo(deleted[0]?.id ?? '');
    expect(back.queries.map(({ name }) => name)).toEqual(['Same', 'Same (2)']);
    expect(back.folders).toEqual([['One'], ['One', 'Empty'], ['One', 'Two']]);
    expect((await open().list()).queries).toHaveLength(2);
    await expect(library.undo(deleted[0]?.id ?? '')).rejects.toMatchObject({ code: 'undo_gone' });
  });

  it('finish what a crash cut: several files get their place together or not at all', async () => {
    await open().create(draft('a'));
    const content = readFileSync(at('a.sql'), 'utf8');
    mkdirSync(at('incoming'));
    writeFileSync(at('incoming', 'half.sql'), content);
    mkdirSync(at('ready'));
    writeFileSync(at('ready', 'b.sql'), content.replace('name: a', 'name: b'));
    const { queries } = await open().list();
    expect(queries.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(readdirSync(at()).sort()).toEqual(['a.sql', 'b.sql']);
  });

  it('are found by words of name, folder, description and text', async () => {
    const library = open();
    await library.create(
      draft('a', { name: 'Stuck', folder: ['Incidents'], description: 'never left', text: 'select worker' }),
    );
    await library.create(draft('b'));
    expect(await library.search('STUCK worker incid left')).toEqual(['a']);
    expect(await library.search('select')).toEqual(['a', 'b']);
    expect(await library.search('nothing')).toEqual([]);
  });

  it('say so and stay as they were where the disk takes nothing', async () => {
    writeFileSync(join(directory, 'queries'), 'a file in its place');
    await expect(open().list()).rejects.toMatchObject({ code: 'queries_unreadable' });
    rmSync(join(directory, 'queries'));
    const library = open();
    await library.create(draft('a'));
    rmSync(at(), { recursive: true });
    writeFileSync(at(), 'again');
    await expect(library.create(draft('b'))).rejects.toMatchObject({ code: 'query_not_saved' });
    expect((await library.list()).queries.map(({ id }) => id)).toEqual(['a']);
  });

  it(`are at most ${MAX_QUERIES}, in ${MAX_FOLDERS} folders`, () => {
    const one = { ...draft('x'), created: null, updated: null };
    const many = (n: number, text = 'select 1') =>
      new Map(Array.from({ length: n }, (_, i) => [`q${i}`, { ...one, text }]));
    const folders = (n: number) => Array.from({ length: n }, (_, i) => [`f${i}`]);
    const now = { queries: many(MAX_QUERIES), folders: folders(MAX_FOLDERS) };
    expect(() => bounded(now, many(MAX_QUERIES), folders(MAX_FOLDERS))).not.toThrow();
    expect(() => bounded(now, new Map([['more', one]]), [])).toThrow(
      'At most 2000 queries are kept; this would be 2001.',
    );
    expect(() => bounded(now, new Map(), folders(MAX_FOLDERS + 1))).toThrow('At most 500 folders');
    expect(() => bounded({ queries: new Map(), folders: [] }, many(65, 'x'.repeat(1_000_000)), [])).toThrow('64000000');
  });
});
