import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Classified, classify } from './index.ts';

const effects = (found: Classified): string => found.effects.map(({ kind, what }) => `${kind} ${what}`).join(', ');

/** Statements that do nothing besides answering, whatever they look like. */
const READING = [
  'select 1',
  'table orders',
  'values (1), (2)',
  "select 'delete from t'",
  'select "delete" from "update"',
  'select $$drop table t$$',
  'with x as (select 1) select * from x',
  'with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select * from r',
  'select (select max(id) from a) from b where exists (select from c)',
  'select * from generate_series(1, 10) g, lateral (select g * 2) x',
  'select count(*) filter (where a > 1) over (partition by b) from t',
  'select coalesce(a, b), greatest(1, 2), extract(year from d), d at time zone $1 from t',
  'select json_build_object(1, 2), jsonb_path_query(a, $1) from t',
  'select a.b, (a).b, a.b[1], (a.b).c from a',
  "select lower('X'), random(), clock_timestamp(), gen_random_uuid(), pg_sleep(1), currval('s'), lastval()",
  'select pg_advisory_unlock(1), pg_advisory_unlock_all()',
  "select pg_current_xact_id(), pg_export_snapshot(), current_setting('x'), pg_stat_clear_snapshot()",
  "select pg_relation_size('t'), pg_table_size('t'), pg_total_relation_size('t'), pg_blocking_pids(1)",
  'select shop.anything(1), "Shop"."NextVal"(2)',
  "select table_to_xml('t', true, true, ''), cursor_to_xml('c', 1, true, true, '')",
  "select query_to_xml('select count(*) from t', false, true, '')",
  "select * from ts_stat('select v from t')",
  'select ts_rewrite(a, b, c) from t',
  "select * from crosstab('select 1, 2, 3', 2) as t(a int)",
  'copy t to stdout',
  'copy (select * from t) to stdout with (format csv)',
  'explain select 1',
  'explain analyze select 1',
  'explain delete from t',
  'explain (analyze off) delete from t',
  'explain (analyze, analyze off) delete from t',
  'explain (verbose, costs off) insert into t values (1)',
  'explain create table x as select 1',
  'explain execute p',
  'prepare p as select 1',
  'execute p',
  'deallocate p',
  'deallocate all',
  'discard all',
  'declare c cursor for select 1',
  'declare c scroll cursor with hold for select * from t',
  'fetch 10 from c',
  'move all in c',
  'close c',
  'close all',
  'begin',
  'start transaction read only',
  'begin isolation level serializable, read only, deferrable',
  'commit and chain',
  'rollback',
  'savepoint a',
  'release a',
  'rollback to a',
  'set search_path = x',
  'reset all',
  'show all',
  'listen x',
  'unlisten *',
  'set constraints all deferred',
  'lock table t in access share mode',
  '',
  ';;',
] as const;

/** Everything else, with what it does. */
const DOING: readonly (readonly [sql: string, effects: string])[] = [
  // rows
  ['insert into t values (1)', 'write INSERT'],
  ['insert into t select * from u', 'write INSERT'],
  ['insert into t values (1) on conflict do nothing', 'write INSERT'],
  ['update t set a = 1', 'write UPDATE'],
  ['delete from t', 'write DELETE'],
  ['merge into t using s on a = b when matched then delete', 'write MERGE'],
  ['with x as (delete from a returning *) select * from x', 'write DELETE'],
  [
    'with x as (insert into a values (1) returning *), y as (update b set c = 1 returning *) select * from x, y',
    'write INSERT, write UPDATE',
  ],
  [
    'with x as (with y as (merge into a using b on true when matched then delete returning *) select * from y) select 1',
    'write MERGE',
  ],
  ['select * from (with x as (delete from a returning *) select * from x) y', 'write DELETE'],
  ['copy t from stdin', 'write COPY FROM'],
  ['copy (delete from t returning *) to stdout', 'write DELETE'],
  ['explain analyze delete from t', 'write DELETE'],
  ['explain (analyze) update t set a = 1', 'write UPDATE'],
  ['explain (analyze off, analyze) update t set a = 1', 'write UPDATE'],
  ['explain (analyze true, timing off) insert into t values (1)', 'write INSERT'],
  ['explain (analyze nonsense) delete from t', 'write DELETE'],
  ['explain (analyze 1) delete from t', 'write DELETE'],
  ['explain analyze create table x as select 1', 'define CREATE TABLE AS'],
  ['prepare p as delete from t where id = $1', 'write DELETE'],
  ['prepare p as with x as (delete from t returning *) select * from x', 'write DELETE'],
  // functions of PostgreSQL itself
  ["select nextval('s')", 'write nextval()'],
  ["select pg_catalog.setval('s', 1)", 'write setval()'],
  ['select U&"nextv\\0061l"($$s$$)', 'write nextval()'],
  ['select U&"nextv!0061l" UESCAPE \'!\' ($$s$$)', 'write nextval()'],
  ["select ('s'::regclass).nextval", 'write nextval()'],
  ["select g.nextval from to_regclass('s') g", 'write nextval()'],
  ["select (g).nextval from to_regclass('s') g", 'write nextval()'],
  ["select (array['s'::regclass])[1].nextval", 'write nextval()'],
  ["select * from rows from (nextval('a'), generate_series(1, 2)) x", 'write nextval()'],
  ["select 1 from t order by nextval('s') limit 1", 'write nextval()'],
  ["select count(*) filter (where nextval('s') > 1) from t", 'write nextval()'],
  ["select case when true then (select nextval('s')) end", 'write nextval()'],
  ["execute p(nextval('s'))", 'write nextval()'],
  ["copy (select nextval('s')) to stdout", 'write nextval()'],
  ["declare c cursor for select nextval('s')", 'write nextval()'],
  ["select lo_create(0), lowrite(0, '')", 'write lo_create(), write lowrite()'],
  ['select pg_advisory_lock(1)', 'lock pg_advisory_lock()'],
  ['select pg_try_advisory_xact_lock(1, 2)', 'lock pg_try_advisory_xact_lock()'],
  ["select pg_notify('a', 'b')", 'signal pg_notify()'],
  ['select pg_terminate_backend(pid) from pg_stat_activity', 'signal pg_terminate_backend()'],
  ['select pg_cancel_backend(1)', 'signal pg_cancel_backend()'],
  ['select pg_switch_wal(), pg_stat_reset()', 'server pg_switch_wal(), server pg_stat_reset()'],
  ["select pg_logical_emit_message(true, 'a', 'b')", 'server pg_logical_emit_message()'],
  ['select pg_reload_conf(), pg_rotate_logfile()', 'server pg_reload_conf(), server pg_rotate_logfile()'],
  ["select pg_read_file('/etc/passwd')", 'outside pg_read_file()'],
  ["select ('/etc/passwd'::text).pg_read_file", 'outside pg_read_file()'],
  ["select * from pg_ls_dir('.')", 'outside pg_ls_dir()'],
  ["select lo_import('/etc/passwd')", 'outside lo_import()'],
  ["select lo_export(1, '/tmp/x')", 'outside lo_export()'],
  // functions of extensions
  ["select * from dblink('dbname=x', 'delete from t') as t(a int)", 'outside dblink()'],
  ["select public.dblink_exec('delete from t')", 'outside dblink_exec()'],
  ["select ('host=x'::text).dblink_connect", 'outside dblink_connect()'],
  ["select cron.schedule('* * * * *', 'delete from t')", 'outlive schedule()'],
  ["select net.http_post('http://x')", 'outside http_post()'],
  ["select http_get('http://x')", 'outside http_get()'],
  ['select pg_stat_statements_reset()', 'server pg_stat_statements_reset()'],
  // SQL that is given as text
  ["select query_to_xml('select nextval(''s'')', true, true, '')", 'write nextval()'],
  ["select query_to_xml('with x as (delete from t returning *) table x'::text, true, true, '')", 'write DELETE'],
  [
    "select query_to_xml(format('select %s', a), true, true, '') from t",
    'opaque query_to_xml() with SQL that is made at run time',
  ],
  [
    "select query_to_xml(query => 'select 1', nulls => true, tableforest => true, targetns => '')",
    'opaque query_to_xml() with SQL that is made at run time',
  ],
  ["select query_to_xml('selec', true, true, '')", 'opaque query_to_xml() with SQL that is made at run time'],
  ['select * from ts_stat($1)', 'opaque ts_stat() with SQL that is made at run time'],
  ["select ('select 1'::text).ts_stat", 'opaque ts_stat() with SQL that is made at run time'],
  ["select ts_rewrite('a'::tsquery, 'select t, s from x where pg_notify(''a'', ''b'') is null')", 'signal pg_notify()'],
  ["select * from crosstab('select 1', 'select nextval(''s'')') as t(a int)", 'write nextval()'],
  [
    "select query_to_xml('select query_to_xml(''select pg_notify($$a$$, $$b$$)'', true, true, '''')', true, true, '')",
    'signal pg_notify()',
  ],
  // locks
  ['select * from t for update', 'lock SELECT FOR UPDATE'],
  ['select * from t for no key update nowait', 'lock SELECT FOR NO KEY UPDATE'],
  ['select * from t, u for share of t skip locked', 'lock SELECT FOR SHARE'],
  ['select * from t for key share', 'lock SELECT FOR KEY SHARE'],
  ['select * from (select * from t for update) x', 'lock SELECT FOR UPDATE'],
  ['with x as (select * from t for share) select * from x', 'lock SELECT FOR SHARE'],
  ['(select * from t for update) union all select * from u', 'lock SELECT FOR UPDATE'],
  ['declare c cursor for select * from t for update', 'lock SELECT FOR UPDATE'],
  ['lock table t', 'lock LOCK TABLE'],
  ['lock t in row share mode', 'lock LOCK TABLE'],
  // definitions
  ['create table t (a int)', 'define CREATE TABLE'],
  ['create temp table t (a int)', 'define CREATE TABLE'],
  ['create table t as select 1', 'define CREATE TABLE AS'],
  ['create table t as execute p', 'define CREATE TABLE AS'],
  ['create materialized view v as select 1', 'define CREATE TABLE AS'],
  ['refresh materialized view v', 'define REFRESH MATERIALIZED VIEW'],
  ['select * into t from u', 'define SELECT INTO'],
  ['select into t from u', 'define SELECT INTO'],
  ['select * into temp t from u', 'define SELECT INTO'],
  ['select 1 into t union select 2', 'define SELECT INTO'],
  ['create index on t (a)', 'define CREATE INDEX'],
  ['create view v as select 1', 'define CREATE VIEW'],
  ['create function f() returns int language sql as $$select 1$$', 'define CREATE FUNCTION'],
  ['create extension dblink', 'define CREATE EXTENSION'],
  ['create publication p for all tables', 'define CREATE PUBLICATION'],
  ["create subscription s connection 'host=x' publication p", 'define CREATE SUBSCRIPTION'],
  ['create server s foreign data wrapper f', 'define CREATE FOREIGN SERVER'],
  ['import foreign schema a from server b into c', 'define IMPORT FOREIGN SCHEMA'],
  ['create event trigger e on ddl_command_start execute function f()', 'define CREATE EVENT TRIGGER'],
  ['alter table t add a int', 'define ALTER TABLE'],
  ['alter function f() security definer', 'define ALTER FUNCTION'],
  ['alter default privileges grant select on tables to public', 'privileges ALTER DEFAULT PRIVILEGES'],
  ['drop table t', 'define DROP'],
  ['truncate t', 'define TRUNCATE'],
  ["comment on table t is 'x'", 'define COMMENT'],
  ["security label on table t is 'x'", 'define SECURITY LABEL'],
  ['grant select on t to public', 'privileges GRANT'],
  ['alter table t owner to x', 'privileges ALTER … OWNER TO'],
  ['alter schema s owner to x', 'privileges ALTER … OWNER TO'],
  ['revoke all on t from x', 'privileges REVOKE'],
  // the server, other sessions, code
  ['vacuum t', 'maintain VACUUM'],
  ['analyze t', 'maintain ANALYZE'],
  ['cluster', 'maintain CLUSTER'],
  ['reindex table t', 'maintain REINDEX'],
  ['checkpoint', 'server CHECKPOINT'],
  ["load 'auto_explain'", 'server LOAD'],
  ["notify a, 'b'", 'signal NOTIFY'],
  ['do $$begin end$$', 'opaque DO'],
  ['do language plpython3u $$import os$$', 'opaque DO'],
  ['call f(1)', 'opaque CALL'],
  // never, in any grant
  ["copy t to '/tmp/x'", 'outside COPY TO a file of the server'],
  ["copy t from '/etc/passwd'", 'outside COPY FROM a file of the server'],
  ["copy t to program 'sh'", 'outside COPY TO PROGRAM'],
  ["copy t from program 'sh'", 'outside COPY FROM PROGRAM'],
  ["prepare transaction 'x'", 'outlive PREPARE TRANSACTION'],
  ["commit prepared 'x'", 'outlive COMMIT PREPARED'],
  ["rollback prepared 'x'", 'outlive ROLLBACK PREPARED'],
  ['alter system set log_statement = none', 'outlive ALTER SYSTEM'],
  ['alter database d set statement_timeout = 0', 'outlive ALTER DATABASE … SET'],
  ['alter role current_user set statement_timeout = 0', 'role ALTER ROLE … SET'],
  ["alter user x password 'y'", 'role ALTER ROLE'],
  ["alter role x valid until 'infinity'", 'role ALTER ROLE'],
  ['alter role x rename to y', 'role RENAME'],
  ['create role x', 'role CREATE ROLE'],
  ['drop user x', 'role DROP ROLE'],
  ['grant a to b', 'role GRANT'],
  ['revoke a from b', 'role REVOKE'],
  ['reassign owned by a to b', 'role REASSIGN OWNED'],
  ['drop owned by a', 'role DROP OWNED'],
  ["comment on role r is 'x'", 'role COMMENT'],
  ["security label on role r is 'x'", 'role SECURITY LABEL'],
  // several
  ['select 1; delete from t; select 2', 'write DELETE'],
  ['begin; drop table t; commit', 'define DROP'],
];

describe('what a statement does', () => {
  it.each(READING)('%s only reads', (sql) => {
    const found = classify(sql);
    expect(found.error).toBeNull();
    expect(effects(found)).toBe('');
    expect(found.writes).toBe(false);
  });

  it.each(DOING)('%s: %s', (sql, expected) => {
    const found = classify(sql);
    expect(found.error).toBeNull();
    expect(effects(found)).toBe(expected);
  });

  it('names the place, as bytes from the start of the whole text', () => {
    const places = (sql: string): (number | null)[] => classify(sql).effects.map(({ at }) => at);
    expect(places("select 'é', nextval('s')")).toEqual([13]);
    expect(places('select 1; /* c */ delete from t')).toEqual([30]);
    expect(places('  do $$x$$')).toEqual([2]);
    expect(places("select 1, query_to_xml('select nextval(1)', true, true, '')")).toEqual([10]);
    expect(places('nextval; select 1')).toEqual([]);
  });

  it('names the call as the place of what the SQL does that it is given as text', () => {
    const found = classify(
      "select 1, query_to_xml('select set_config($$role$$, $$x$$, false) for update', true, true, '')",
    );
    expect(found.settings.map(({ at }) => at)).toEqual([10]);
    expect(found.effects).toEqual([{ kind: 'lock', what: 'SELECT FOR UPDATE', at: 10 }]);
  });

  it('lists the functions that are called, once each, and the tables of EXPLAIN too', () => {
    expect(classify("select now(), a.f(lower('x')), lower('y') from t").functions).toEqual(['now', 'a.f', 'lower']);
    expect(classify('explain delete from shop.orders').tables).toEqual(['shop.orders']);
    expect(classify('explain delete from shop.orders').functions).toEqual([]);
    expect(classify('create function f() returns int language sql as $$select 1$$').functions).toEqual([]);
    expect(classify('call shop.f(1)').functions).toEqual(['shop.f']);
  });

  it('follows what happens to names, in order', () => {
    const steps = (sql: string): string[] =>
      classify(sql).names.map((step) => `${step.statement} ${step.do} ${step.name}`);
    expect(steps('prepare p as select 1; execute p; deallocate p; discard all')).toEqual([
      '0 prepare p',
      '1 execute p',
      '2 deallocate p',
      '3 deallocate null',
      '3 close null',
    ]);
    expect(steps('explain analyze execute p(1)')).toEqual(['0 execute p']);
    expect(steps('explain execute p(1)')).toEqual([]);
    expect(steps('create table t as execute "P q"')).toEqual(['0 execute P q']);
    expect(steps('fetch 1 from c; move c; deallocate all; close c; close all')).toEqual([
      '0 fetch c',
      '1 fetch c',
      '2 deallocate null',
      '3 close c',
      '4 close null',
    ]);
    const [prepare] = classify('prepare p as delete from t').names;
    expect(prepare?.do === 'prepare' && prepare.deeds.effects.map(({ what }) => what)).toEqual(['DELETE']);
  });
});

describe('nesting', () => {
  type Wrap = readonly [name: string, wrap: (sql: string) => string];
  /** Each of these runs what is inside it. */
  const inner: readonly Wrap[] = [
    ['a CTE', (sql) => `with w as (${sql}) select * from w`],
    ['a CTE beside others', (sql) => `with a as (select 1), w as (${sql}), z as (table a) select * from z`],
    ['a CTE in a subquery', (sql) => `select * from (with w as (${sql}) select * from w) s`],
    ['a CTE in an expression', (sql) => `select (with w as (${sql}) select count(*) from w)`],
    ['a CTE in EXISTS', (sql) => `select 1 where exists (with w as (${sql}) select from w)`],
    ['a CTE in an arm of UNION', (sql) => `select 1 union all (with w as (${sql}) select 2 from w)`],
  ];
  const outer: readonly Wrap[] = [
    ['EXPLAIN ANALYZE', (sql) => `explain analyze ${sql}`],
    ['EXPLAIN with options', (sql) => `explain (costs off, analyze on, buffers) ${sql}`],
    ['PREPARE', (sql) => `prepare p as ${sql}`],
    ['DECLARE', (sql) => `declare c cursor for with l as (${sql}) select * from l`],
    ['COPY', (sql) => `copy (${sql}) to stdout`],
    ['nothing', (sql) => sql],
    ['other statements', (sql) => `select 1; ${sql}; table t`],
    ['comments', (sql) => `/* select /* nested */ */ ${sql} -- the end`],
  ];
  const writing = fc.constantFrom(
    'delete from t where id = 1 returning *',
    'update t set a = 1 where id = 1 returning *',
    'insert into t values (1) returning *',
    "select nextval('s')",
    'select * from t for update',
    "select query_to_xml('select pg_notify(''a'', ''b'')', true, true, '')",
  );
  const reading = fc.constantFrom(
    'select 1 as a',
    'table t',
    'values (1)',
    "select lower('delete from t')",
    'select * from u where a in (select b from v)',
  );
  const nested = (core: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(core, fc.array(fc.constantFrom(...inner), { maxLength: 5 }), fc.constantFrom(...outer))
      .map(([sql, wraps, [, last]]) => last(wraps.reduce<string>((text, [, wrap]) => wrap(text), sql)));

  it('never hides a writing core (I6)', () => {
    fc.assert(
      fc.property(nested(writing), (sql) => {
        const found = classify(sql);
        expect(found.error).toBeNull();
        expect(found.effects.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never accuses a reading core', () => {
    fc.assert(
      fc.property(nested(reading), (sql) => {
        const found = classify(sql);
        expect(found.error).toBeNull();
        expect(found.effects).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('EXPLAIN without ANALYZE runs nothing, whatever it explains', () => {
    fc.assert(
      fc.property(writing, fc.array(fc.constantFrom(...inner), { maxLength: 4 }), (core, wraps) => {
        const sql = wraps.reduce<string>((text, [, wrap]) => wrap(text), core);
        expect(classify(`explain ${sql}`).effects).toEqual([]);
        expect(classify(`explain (verbose, analyze off) ${sql}`).effects).toEqual([]);
      }),
    );
  });
});
