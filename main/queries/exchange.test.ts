import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openExchange } from './exchange.ts';
import { openLibrary } from './library.ts';

let directory = '';
let ids = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-exchange-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const newId = () => `made-${++ids}`;
const now = () => 1_700_000_000_000;
const file = (name: string) => join(directory, name);
function desk(name: string, chosen: { save?: string; read?: readonly string[] } = {}) {
  const library = openLibrary(file(name), now, newId);
  const exchange = openExchange({
    library,
    askFile: async () => (chosen.save === undefined ? null : file(chosen.save)),
    askFiles: async () => chosen.read?.map(file) ?? null,
    now,
    newId,
  });
  return { library, exchange };
}
const query = (name: string, part: object = {}) => ({
  name,
  folder: ['Incidents'],
  description: 'Some words',
  target: 'orders',
  parameters: [{ name: ':id', description: 'Which', default: { kind: 'number', value: '7' } }],
  text: `select :id -- ${name}`,
  ...part,
});
const bundle = (queries: unknown[], part: object = {}) =>
  JSON.stringify({ format: 'vitrine-queries', version: 1, queries, ...part });
async function planOf(files: Record<string, string | Buffer>) {
  for (const [name, content] of Object.entries(files)) writeFileSync(file(name), content);
  const { library, exchange } = desk('here', { read: Object.keys(files) });
  return { library, exchange, plan: await exchange.plan() };
}

describe('saved queries that are exported', () => {
  it.each(['json', 'sql'] as const)('as .%s are the same when they are read on another machine', async (as) => {
    const { library, exchange } = desk('first', { save: `out.${as}` });
    const made = await library.create({
      id: 'a',
      ...query('Stuck orders', { folder: ['Incidents', 'Paid'] }),
    } as Parameters<typeof library.create>[0]);
    if (as === 'json') await library.makeFolder(['Empty']);
    const done = await exchange.export({ what: as === 'sql' ? { kind: 'query', id: 'a' } : { kind: 'all' }, as });
    expect(done).toMatchObject({ file: `out.${as}`, queries: 1 });
    expect(readFileSync(file(`out.${as}`), 'utf8')).not.toMatch(/SEV1|grant|INC-/);
    const other = desk('other', { read: [`out.${as}`] });
    const plan = await other.exchange.plan();
    expect(plan?.entries).toMatchObject([{ name: 'Stuck orders', folder: 'Incidents/Paid', status: 'new' }]);
    const { added, library: after } = await other.exchange.import({ plan: plan?.id ?? '', choices: [] });
    expect(added).toBe(1);
    const { id: _, ...details } = made.queries[0] ?? { id: '' };
    expect(after.queries).toMatchObject([details]);
    expect(after.folders).toContainEqual(as === 'json' ? ['Empty'] : ['Incidents', 'Paid']);
    expect((await other.exchange.plan())?.entries[0]?.status).toBe('same');
  });
});

describe('an import', () => {
  it('says what it would do and writes nothing; then keeps both, replaces, skips', async () => {
    const first = await planOf({ 'a.json': bundle([query('a'), query('b'), query('c')]) });
    await first.exchange.import({ plan: first.plan?.id ?? '', choices: [] });
    const changed = ['a', 'b', 'c'].map((name) => query(name, { text: `select 'other ${name}'` }));
    const { library, exchange, plan } = await planOf({
      'b.json': bundle([...changed, query('d'), query('d'), query('d', { text: 'select 5' })]),
    });
    expect(plan?.entries.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'a taken',
      'b taken',
      'c taken',
      'd new',
      'd same',
      'd taken',
    ]);
    expect((await library.list()).queries).toHaveLength(3);
    const choices = [
      { n: 0, how: 'keep' },
      { n: 1, how: 'replace' },
      { n: 2, how: 'skip' },
    ] as const;
    const done = await exchange.import({ plan: plan?.id ?? '', choices: [...choices] });
    expect({ added: done.added, replaced: done.replaced }).toEqual({ added: 3, replaced: 1 });
    const texts = await Promise.all(
      done.library.queries.map(async ({ id, name }) => [name, (await library.read(id))?.text] as const),
    );
    expect(Object.fromEntries(texts)).toEqual({
      a: 'select :id -- a',
      'a (2)': "select 'other a'",
      b: "select 'other b'",
      c: 'select :id -- c',
      d: 'select :id -- d',
      'd (2)': 'select 5',
    });
    await expect(exchange.import({ plan: plan?.id ?? '', choices: [] })).rejects.toMatchObject({ code: 'import_gone' });
  });

  it('takes plain .sql files by the name of the file, with a byte order mark or without', async () => {
    const { plan } = await planOf({ 'stuck orders.sql': '\ufeffselect 1', 'empty.sql': '' });
    expect(plan?.entries).toMatchObject([
      { name: 'stuck orders', folder: '', status: 'new', length: 8 },
      { name: 'empty', status: 'refused', why: 'There is no text.' },
    ]);
  });

  it('names what it refuses, and why, and takes the rest', async () => {
    const { exchange, plan } = await planOf({
      'a.json': bundle(
        [
          query('../../etc/passwd'),
          query('a\u0000b'),
          query('abc\u202Etxt'),
          query('deep', { folder: Array.from({ length: 100 }, () => 'x') }),
          query('out', { folder: ['..', '..'] }),
          { ...query('more'), rows: [[1, 2]] },
          query('no text', { text: 7 }),
          7,
          JSON.parse('{"__proto__": {"name": "x"}}'),
          query('عربي'),
        ],
        { folders: [['..'], ['Fine'], 'wrong', []] },
      ),
    });
    expect(plan?.entries.map(({ status }) => status)).toEqual([...Array.from({ length: 9 }, () => 'refused'), 'new']);
    expect(plan?.entries.every(({ status, why }) => (status === 'refused') === (why !== null))).toBe(true);
    expect(plan?.folders).toBe(1);
    const { library } = await exchange.import({ plan: plan?.id ?? '', choices: [] });
    expect(library.queries.map(({ name }) => name)).toEqual(['عربي']);
    expect(readdirSync(directory).sort()).toEqual(['a.json', 'here']);
  });

  it.each<[string, string | Buffer, string]>([
    ['a.json', '{"format": "vitrine-queries", ', 'import_not_ours'],
    ['b.json', '[1, 2]', 'import_not_ours'],
    ['c.json', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'import_not_ours'],
    ['d.json', bundle([], { version: 2 }), 'import_not_ours'],
    ['e.json', Buffer.from(bundle([query('a')]), 'utf16le'), 'import_not_utf8'],
    ['f.sql', Buffer.from([0x73, 0xe9, 0x6c]), 'import_not_utf8'],
    ['g.json', Buffer.alloc(50_000_000, 0x20), 'import_too_large'],
    [
      'h.json',
      bundle(Array.from({ length: 10_000 }, (_, n) => ({ name: `q${n}`, text: 'select 1' }))),
      'import_too_large',
    ],
  ])('of %s is refused as a whole, with words that a person understands', async (name, content, code) => {
    await expect(planOf({ 'fine.sql': 'select 1', [name]: content })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`“${name}” .*Nothing was added\\.$`)),
    });
    expect((await desk('here').library.list()).queries).toEqual([]);
  });

  it('of a folder or of nothing is told apart', async () => {
    await expect(desk('here', { read: ['.'] }).exchange.plan()).rejects.toMatchObject({ code: 'import_unreadable' });
    await expect(desk('here', { read: ['not there.sql'] }).exchange.plan()).rejects.toMatchObject({
      code: 'import_unreadable',
    });
    expect(await desk('here').exchange.plan()).toBeNull();
  });

  it('that would make too many says so before, and adds none', async () => {
    const many = Array.from({ length: 1999 }, (_, n) => ({ name: `q${n}`, text: 'select 1' }));
    const first = await planOf({ 'a.json': bundle([query('a'), query('b')]) });
    await first.exchange.import({ plan: first.plan?.id ?? '', choices: [] });
    const { exchange, library, plan } = await planOf({ 'b.json': bundle(many) });
    expect(plan?.problem).toBe('At most 2000 queries are kept: 2 are here, and 1999 would be added.');
    await expect(exchange.import({ plan: plan?.id ?? '', choices: [] })).rejects.toMatchObject({
      code: 'too_many_queries',
    });
    expect((await library.list()).queries).toHaveLength(2);
    expect(readdirSync(file('here/queries')).filter((name) => name.endsWith('.sql'))).toHaveLength(2);
  });
});
