import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { programOr } from '../../../dev/programs.ts';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { type ExportDeskOptions, openExportDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: ExportDeskOptions) => openExportDesk(world, options));
beforeAll(async () => {
  await world.admin.query(`
    create table shop.wild(id int primary key, note text, total numeric, bytes bytea, at timestamptz, doc jsonb,
      parts text[], share float8, fine bool, span int4range, "Name, quoted" varchar(40));
    grant select on shop.wild to breaker;
  `);
});

describe('an export', () => {
  it('as CSV goes back into PostgreSQL unchanged, whatever is in it', async ({ skip }) => {
    programOr(skip, 'psql');
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 300, seed: 1 });
    const grim = [
      ...texts,
      '',
      '\\.',
      '\\N',
      'NULL',
      '"',
      '""',
      ',',
      '\r',
      '\n',
      '\r\n',
      ' a ',
      '=1+1',
      "'; drop",
      '😀é',
    ];
    await fillWild(grim);
    const d = await desk();
    const result = await d.run('select * from shop.wild order by id');
    for (const delimiter of [',', ';', '\t'] as const) {
      const path = d.to('wild.csv');
      expect(await d.export(result, { delimiter })).toMatchObject({ status: 'done', rows: grim.length + 1 });
      await world.admin.query('drop table if exists shop.back; create table shop.back (like shop.wild)');
      await psql(`\\copy shop.back from '${path}' with (format csv, header, delimiter E'${delimiter}')`);
      expect(await differences()).toBe(0);
    }
  });

  it('as INSERT fills a copy of the table with the same rows', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 300, seed: 2 });
    await fillWild([...texts, "it's", '\\', "\\'", '--', '/*', '$1', '$$', '']);
    const d = await desk();
    const result = await d.run('select * from shop.wild');
    expect(d.exporter.offer(result.id).table).toBe('shop.wild');
    await world.admin.query('drop table if exists shop.back; create table shop.back (like shop.wild)');
    const path = d.to('wild.sql');
    expect(await d.export(result, { format: 'insert', table: 'shop."back"' })).toMatchObject({ status: 'done' });
    await world.admin.query(readFileSync(path, 'utf8'));
    expect(await differences()).toBe(0);
  });

  it('as JSON says what the server’s own JSON says, but for numbers that would be rounded', async () => {
    await fillWild(['plain', 'with "quotes" and \\', '\t\n', 'é😀']);
    const d = await desk();
    const columns = 'id, note, doc, fine, parts, total';
    const result = await d.run(`select ${columns} from shop.wild order by id`);
    const path = d.to('wild.json');
    await d.export(result, { format: 'json' });
    const { rows } = await world.admin.query<{ row: Record<string, unknown> }>(
      `select row_to_json(w) as row from (select ${columns.replace('parts', 'parts::text')} from shop.wild order by id) w`,
    );
    const mine: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const theirs = rows.map(({ row }) => row);
    expect(mine).toEqual(theirs.map((row) => (row.total === null ? row : { ...row, total: expect.anything() })));
  });
});

async function fillWild(notes: readonly string[]): Promise<void> {
  await world.admin.query('truncate shop.wild');
  for (const [i, note] of notes.entries())
    await world.admin.query(
      `insert into shop.wild values ($1::int, $2, $1::numeric / 7, convert_to($2, 'UTF8'), timestamptz 'epoch' + $1 * interval '1 day',
        jsonb_build_object('note', $2::text, 'n', $1), array[$2, null, 'x'], $1 / 3.0::float8, $1 % 2 = 0, int4range($1, $1 + 5), left($2, 40))`,
      // PostgreSQL has no NUL in texts, and half a surrogate pair is no character.
      [i, note.replaceAll('\0', '').toWellFormed()],
    );
  await world.admin.query(
    `insert into shop.wild values (-2, '', 'NaN', '', '-infinity', 'null', '{}', '-0', null, 'empty', '')`,
  );
}

/** Rows of one table that the other does not have, both ways; float8's -0 and 0 are told apart by their text. */
async function differences(): Promise<number> {
  const all = (table: string): string => `select w::text from shop.${table} w`;
  const { rows } = await world.admin.query<{ n: string }>(
    `select count(*) as n from ((${all('wild')} except all ${all('back')}) union all (${all('back')} except all ${all('wild')})) d`,
  );
  const { rows: counts } = await world.admin.query<{ a: string; b: string }>(
    'select (select count(*) from shop.wild) as a, (select count(*) from shop.back) as b',
  );
  expect(counts[0]?.a).toBe(counts[0]?.b);
  return Number(rows[0]?.n);
}

const run = promisify(execFile);
async function psql(command: string): Promise<void> {
  const { user, password } = world.admin;
  const url = `host=127.0.0.1 port=${world.postgres.port} dbname=shop user=${user}`;
  await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', command], {
    env: { ...process.env, PGPASSWORD: String(password), PGCLIENTENCODING: 'UTF8' },
  });
}
