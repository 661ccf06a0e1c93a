/**
 * Takes the plans that the tests of renderer/explain read from a real PostgreSQL 18: `node dev/bootstrap.mjs
 * dev/capture-plans.ts`. Run it again when another shape of plan is wanted; times in them differ each time.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { temporaryPostgres } from './stack/postgres.ts';

const OUT = new URL('../renderer/explain/fixtures/', import.meta.url);
const OPTIONS = 'format json, verbose, settings, costs, analyze, buffers, wal, timing';

/** `before` runs on the same connection; settings in it choose the shape. */
const wanted: Readonly<Record<string, { readonly before?: string; readonly text: string; readonly analyze?: false }>> =
  {
    plan: { text: 'select * from orders o join customers c on c.id = o.customer_id where o.id = 7', analyze: false },
    join: {
      text: "select c.name, count(*) from orders o join customers c on c.id = o.customer_id where o.status = 'late' group by 1",
    },
    parallel: {
      before: 'set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0',
      text: 'select status, count(*) from orders group by 1 order by 2',
    },
    init: { text: 'select * from orders where total > (select avg(total) from orders) limit 5' },
    sub: {
      text: 'select c.id, (select max(o.total) from orders o where o.customer_id = c.id) from customers c where c.id < 4',
    },
    cte: {
      text: 'with late as materialized (select * from orders where status = $$late$$) select * from late a join late b using (customer_id) where a.id < b.id',
    },
    never: {
      before: 'set enable_hashjoin = off; set enable_mergejoin = off',
      text: 'select * from customers c join orders o on o.customer_id = c.id where c.name = $$nobody$$',
    },
    disk: {
      before: "set work_mem = '64kB'; set max_parallel_workers_per_gather = 0",
      text: 'select * from orders order by note, total',
    },
    partitions: { text: 'select count(*) from events where day < 20' },
    write: { text: "update orders set status = 'x' where id < 10" },
  };

const postgres = await temporaryPostgres();
const client = new pg.Client(postgres.adminUrl);
try {
  await client.connect();
  await client.query(`
    create table customers (id int primary key, name text not null);
    insert into customers select i, 'c' || i from generate_series(1, 500) i;
    create table orders (id int primary key, customer_id int not null, status text not null, total numeric not null, note text);
    insert into orders select i, 1 + i % 500, case when i % 100 = 0 then 'late' else 'done' end, i % 977, repeat('n', 30) || i % 7
      from generate_series(1, 20000) i;
    create table events (day int, what text) partition by range (day);
  `);
  for (let day = 0; day < 25; day++)
    await client.query(`create table events_${day} partition of events for values from (${day}) to (${day + 1})`);
  await client.query("insert into events select i % 25, 'x' from generate_series(1, 500) i; analyze");
  await mkdir(OUT, { recursive: true });
  for (const [name, { before, text, analyze }] of Object.entries(wanted)) {
    await client.query('reset all; begin');
    if (before !== undefined) await client.query(before);
    const options = analyze === false ? 'format json, verbose, settings, costs' : OPTIONS;
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`explain (${options}) ${text}`);
    await client.query('rollback');
    await writeFile(new URL(`${name}.json`, OUT), `${JSON.stringify(rows[0]?.['QUERY PLAN'])}\n`);
    console.log(name);
  }
} finally {
  await client.end();
  await postgres.stop();
}
