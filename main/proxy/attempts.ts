/**
 * For tests only: what people and programs try in a grant to read. Every one of them is refused by the gate before a
 * byte of it is sent; `role` says what the database itself does when nobody asks the gate.
 */
export interface Attempt {
  readonly sql: string;
  /** SQLSTATE of the gate. */
  readonly gate: string;
  /** `lets`: PostgreSQL leaves it to everybody, and something other than the role bounds what comes of it. */
  readonly role: 'refuses' | 'lets';
}

const group = (gate: string, role: Attempt['role'], ...texts: readonly string[]): Attempt[] =>
  texts.map((sql) => ({ sql, gate, role }));

/** `other` is the backend of somebody else, on a server that has dblink and the functions of {@link FUNCTIONS}. */
export const attempts = (other: number): readonly Attempt[] => [
  // Rows and definitions: no privilege, and no transaction that may write.
  ...group(
    '25006',
    'refuses',
    "insert into shop.orders values (0, 'x')",
    "update shop.orders set status = 'x'",
    'delete from shop.orders',
    'merge into shop.orders o using shop.orders s on o.id = s.id when matched then delete',
    'with x as (delete from shop.orders returning *) select count(*) from x',
    'select (with x as (update shop.orders set total = 0 returning 1) select count(*) from x)',
    'explain analyze delete from shop.orders',
    'explain (analyze, timing off) with x as (delete from shop.orders returning 1) select 1 from x',
    'copy shop.orders from stdin',
    'copy (delete from shop.orders returning *) to stdout',
    'truncate shop.orders',
    'drop table shop.orders',
    'alter table shop.orders drop column total',
    'create table shop.mine (a int)',
    'create temp table mine (a int)',
    'create table shop.mine as select 1',
    'select 1 as a into shop.mine',
    'select 1 as a into shop.mine union all select 2',
    'select * into temp mine from shop.orders',
    'create view shop.mine as select 1',
    'create schema mine',
    'create extension hstore',
    'create function pg_temp.f() returns int language sql as $$select 1$$',
    "comment on table shop.orders is 'x'",
    'create publication p',
    "create subscription s connection 'host=127.0.0.1' publication p with (connect = false)",
    'import foreign schema a from server b into shop',
    'refresh materialized view shop.nothing',
    'reindex table shop.orders',
    'cluster shop.orders using orders_pkey',
  ),
  // Functions, and SQL that is given as text.
  ...group(
    '25006',
    'refuses',
    "select nextval('shop.counter')",
    "select ('shop.counter'::regclass).nextval",
    "select g.nextval from to_regclass('shop.counter') g",
    'select U&"next\\0076al"($$shop.counter$$)',
    "select setval('shop.counter', 7)",
    'select lo_create(0)',
    "select query_to_xml('delete from shop.orders', true, true, '')",
    "select query_to_xml('select nextval(''shop.counter'')', true, true, '')",
    "select query_to_xml('select nextval' || '(''shop.counter'')', true, true, '')",
    "select * from ts_stat('select status::tsvector from shop.orders where nextval(''shop.counter'') > 0')",
    `select pg_terminate_backend(${other})`,
    `select pg_cancel_backend(${other})`,
    `select (${other}).pg_cancel_backend`,
    'select pg_switch_wal()',
    'select pg_reload_conf()',
    'select pg_stat_reset()',
    "select pg_create_restore_point('x')",
    "select pg_logical_slot_get_changes('s', null, null)",
    "load 'auto_explain'",
    'checkpoint',
  ),
  // Locks on rows and tables.
  ...group(
    '25006',
    'refuses',
    'select * from shop.orders where id = 1 for update',
    'select * from shop.orders where id = 1 for key share',
    'with x as (select * from shop.orders for share) select * from x',
    'declare c cursor for select * from shop.orders for update',
    'begin; lock table shop.orders',
  ),
  // Code that cannot be read before it runs, and computed settings.
  ...group('25006', 'refuses', 'do $$begin delete from shop.orders; end$$', 'call shop.writes_as_owner()'),
  // Files, programs and other servers; roles.
  ...group(
    '42501',
    'refuses',
    'grant select on shop.orders to public',
    'alter default privileges grant select on tables to public',
    'alter table shop.orders owner to postgres',
    "copy shop.orders to '/tmp/x'",
    "copy shop.orders to program 'true'",
    "copy shop.orders from program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select ('/etc/passwd'::text).pg_read_file",
    "select * from pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "select * from dblink('dbname=shop', 'delete from shop.orders') as t(a int)",
    'set role postgres',
    'set session authorization postgres',
    "select set_config('role', 'postgres', false)",
    'alter role current_user set statement_timeout = 0',
    "alter role current_user password 'x'",
    "alter role current_user valid until 'infinity'",
    'create role mine',
    'grant postgres to current_user',
    'reassign owned by postgres to current_user',
  ),
  // Settings that only a superuser changes, and the way around SET.
  ...group(
    '42501',
    'refuses',
    'set session_replication_role = replica',
    'set log_statement = none',
    "select set_config('log_min_duration_statement', '-1', false)",
    'set track_activities = off',
    'set lo_compat_privileges = on',
    "set session_preload_libraries = 'x'",
    'set zero_damaged_pages = on',
    "update pg_settings set setting = '0' where name = 'statement_timeout'",
    'set never_heard_of = 1',
  ),
  ...group(
    '0A000',
    'refuses',
    'alter system set log_statement = none',
    'alter database shop set statement_timeout = 0',
  ),
  ...group('0A000', 'refuses', "commit prepared 'nobody'", "rollback prepared 'nobody'"),
  ...group('26000', 'refuses', 'execute nobody', 'explain analyze execute nobody'),
  ...group('42601', 'refuses', 'selec 1', "select 'open", 'select 1 /* open', 'select $$ open'),

  // PostgreSQL lets everybody change these. What comes of it is bounded by the privileges of the role, which are to read,
  // and by its end; a client without the gate can do it (docs/threat-model.md).
  ...group(
    '25006',
    'lets',
    'begin read write',
    'start transaction read write',
    'begin; set transaction read write',
    'begin; set transaction_read_only = off',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    "select set_config('default_transaction_read_only', 'off', false)",
    'do $$begin perform 1; end$$',
    // Code that commits begins a transaction of its own, and may then choose.
    'do $$begin commit; set transaction read write; perform shop.writes_as_owner_fn(); end$$',
    'prepare p as delete from shop.orders',
  ),
  ...group(
    '42501',
    'lets',
    'set statement_timeout = 0',
    "set statement_timeout = '1d'",
    "set statement_timeout = '0.4ms'",
    "select set_config('statement_timeout', '0', false)",
    "select set_config('statement_' || 'timeout', '0', false)",
    "select query_to_xml('select set_config(''statement_timeout'', ''0'', false)', true, true, '')",
    'set idle_in_transaction_session_timeout = 0',
    'set standard_conforming_strings = off',
    "set client_encoding = 'SJIS'",
    'set log_parameter_max_length_on_error = 0',
  ),
  ...group(
    '25006',
    'lets',
    'notify somebody',
    "select pg_notify('somebody', 'x')",
    'select pg_advisory_lock(42)',
    'select pg_try_advisory_xact_lock(42)',
    // Skipped with a warning: the tables are somebody else's.
    'vacuum shop.orders',
    'analyze shop.orders',
  ),
  ...group('0A000', 'lets', "begin; prepare transaction 'outlives'"),
  ...group('0A000', 'lets', 'select 1 /*vitrine:AAAAAAAAAAAAAAAAAAAAAA*/', "select '/*vitrine:'"),
];

/** Made by a superuser and open to everybody, as careless people do. */
export const FUNCTIONS = `
  create sequence shop.counter;
  create function shop.writes_as_owner_fn() returns text language plpgsql volatile security definer as
    $$ begin update shop.orders set status = 'written' where id = 500; return 'written'; end $$;
  create function shop.lifts_and_writes() returns text language plpgsql volatile security definer as
    $$ begin
      perform set_config('transaction_read_only', 'off', true);
      update shop.orders set status = 'written' where id = 500; return 'written';
    end $$;
  create function shop.sets_and_writes() returns text language plpgsql volatile security definer as
    $$ begin
      set local transaction_read_only = off;
      update shop.orders set status = 'written' where id = 500; return 'written';
    end $$;
  create function shop.lifts_for_later() returns text language plpgsql volatile as
    $$ begin return set_config('default_transaction_read_only', 'off', false); end $$;
  create function shop.total(int) returns numeric language sql volatile as
    $$ select total from shop.orders where id = $1 $$;
  create procedure shop.writes_as_owner() language plpgsql security definer as
    $$ begin update shop.orders set status = 'written' where id = 500; end $$;
  create extension dblink;`;
