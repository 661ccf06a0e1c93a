import { describe, expect, it } from 'vitest';
import { classify, type Fence, leavesFence } from './index.ts';

const write: Fence = { readOnly: false, statementTimeoutMs: 600_000, idleTxTimeoutMs: 300_000 };
const read: Fence = { ...write, readOnly: true };
/** The settings with which a text leaves the fence. */
const left = (sql: string, fence: Fence): string[] => {
  const found = classify(sql);
  expect(found.error).toBeNull();
  return found.settings.flatMap((setting) => leavesFence(setting, fence)?.setting ?? []);
};

describe('the fence of settings', () => {
  it.each([
    // other roles
    ['set role postgres', 'role'],
    ['set local role postgres', 'role'],
    ['set session authorization postgres', 'session_authorization'],
    ["select set_config('role', 'postgres', false)", 'role'],
    ["select set_config('ROLE', 'postgres', false)", 'role'],
    ["select * from set_config('session_authorization', 'postgres', false)", 'session_authorization'],
    // limits
    ['set statement_timeout = 0', 'statement_timeout'],
    ["set statement_timeout = '0.4ms'", 'statement_timeout'],
    ["set statement_timeout = '1us'", 'statement_timeout'],
    ['set statement_timeout = 0.4', 'statement_timeout'],
    ['set statement_timeout = 600001', 'statement_timeout'],
    ["set statement_timeout = '601s'", 'statement_timeout'],
    ["set statement_timeout = '1h'", 'statement_timeout'],
    ["set statement_timeout = '5e9'", 'statement_timeout'],
    ["set statement_timeout = '0x0'", 'statement_timeout'],
    ["set statement_timeout = '00'", 'statement_timeout'],
    ["set statement_timeout = ''", 'statement_timeout'],
    ['set statement_timeout = -1', 'statement_timeout'],
    ['set statement_timeout = 1, 2', 'statement_timeout'],
    ['set local statement_timeout = 0', 'statement_timeout'],
    ['set session statement_timeout = 0', 'statement_timeout'],
    ['set "Statement_Timeout" = 0', 'statement_timeout'],
    ["select pg_catalog.set_config('statement_timeout', '0', false)", 'statement_timeout'],
    ["select set_config('statement_timeout'::text, '0'::text, true)", 'statement_timeout'],
    ["select set_config('statement_timeout', (1 - 1)::text, true)", 'statement_timeout'],
    ["select set_config('statement_timeout', v, true) from t", 'statement_timeout'],
    ["select 1 from t where set_config('statement_timeout', '0', false) is not null", 'statement_timeout'],
    ["with x as (select set_config('statement_timeout', '0', false)) table x", 'statement_timeout'],
    ["explain analyze select set_config('statement_timeout', '0', false)", 'statement_timeout'],
    ["prepare p as select set_config('statement_timeout', '0', false)", 'statement_timeout'],
    ["declare c cursor for select set_config('statement_timeout', '0', false)", 'statement_timeout'],
    ["copy (select set_config('statement_timeout', '0', false)) to stdout", 'statement_timeout'],
    ["execute p(set_config('statement_timeout', '0', false))", 'statement_timeout'],
    [
      "select query_to_xml('select set_config(''statement_timeout'', ''0'', false)', true, true, '')",
      'statement_timeout',
    ],
    ["select * from ts_stat('select set_config($$statement_timeout$$, $$0$$, false)::tsvector')", 'statement_timeout'],
    ['select 1; set statement_timeout = 0', 'statement_timeout'],
    ["set transaction_timeout = '1d'", 'transaction_timeout'],
    ['set idle_in_transaction_session_timeout = 300001', 'idle_in_transaction_session_timeout'],
    ['set idle_session_timeout = 0', 'idle_session_timeout'],
    ['set tcp_user_timeout = 1', 'tcp_user_timeout'],
    // computed
    ["select set_config(a, 'b', false) from t", 'computed'],
    ["select set_config($1, 'b', false)", 'computed'],
    ["select set_config('statement_' || 'timeout', '0', false)", 'computed'],
    ["select set_config('role_model'::varchar(4), 'postgres', false)", 'computed'],
    ["select set_config(chr(114) || 'ole', 'postgres', false)", 'computed'],
    ["select set_config(setting_name => 'role', new_value => 'x', is_local => false)", 'computed'],
    ["update pg_settings set setting = '0' where name = 'statement_timeout'", 'computed'],
    ["with x as (update pg_catalog.pg_settings set setting = '0' returning 1) table x", 'computed'],
    ['set statement_timeout from current', 'statement_timeout'],
    // how a text is read
    ['set standard_conforming_strings = off', 'standard_conforming_strings'],
    ["set client_encoding = 'SJIS'", 'client_encoding'],
    ["set names 'latin1'", 'client_encoding'],
    ['set backslash_quote = off', 'backslash_quote'],
    // the second witness
    ['set log_statement = none', 'log_statement'],
    ['set log_min_duration_statement = -1', 'log_min_duration_statement'],
    ["set log_min_messages = 'panic'", 'log_min_messages'],
    ["set log_min_error_statement = 'panic'", 'log_min_error_statement'],
    ['set log_parameter_max_length_on_error = 0', 'log_parameter_max_length_on_error'],
    ['set track_activities = off', 'track_activities'],
    ['set compute_query_id = off', 'compute_query_id'],
    ["set pgaudit.log = 'none'", 'pgaudit.log'],
    ["set pg_stat_statements.track = 'none'", 'pg_stat_statements.track'],
    ['set "pgaudit"."log" = \'none\'', 'pgaudit.log'],
    ["select set_config('vitrine.anything', 'x', false)", 'vitrine.anything'],
    // what a server must be told by its owner
    ['set session_replication_role = replica', 'session_replication_role'],
    ['set lo_compat_privileges = on', 'lo_compat_privileges'],
    ["set session_preload_libraries = 'x'", 'session_preload_libraries'],
    ["set local_preload_libraries = 'x'", 'local_preload_libraries'],
    ["set dynamic_library_path = '/tmp'", 'dynamic_library_path'],
    ['set zero_damaged_pages = on', 'zero_damaged_pages'],
    ['set ignore_system_indexes = on', 'ignore_system_indexes'],
    ['set allow_system_table_mods = on', 'allow_system_table_mods'],
    // whatever a later version brings
    ['set never_heard_of = 1', 'never_heard_of'],
  ])('%s leaves it by %s, in every grant', (sql, setting) => {
    expect(left(sql, write)).toEqual([setting]);
    expect(left(sql, read)).toEqual([setting]);
  });

  it.each([
    ['set transaction read write', 'transaction_read_only'],
    ['begin read write', 'transaction_read_only'],
    ['start transaction isolation level serializable, read write', 'transaction_read_only'],
    ['set transaction_read_only = off', 'transaction_read_only'],
    ['set local transaction_read_only = no', 'transaction_read_only'],
    ['reset transaction_read_only', 'transaction_read_only'],
    ['set transaction_read_only to default', 'transaction_read_only'],
    ['set session characteristics as transaction read write', 'default_transaction_read_only'],
    ['set default_transaction_read_only = off', 'default_transaction_read_only'],
    ['set default_transaction_read_only = 0', 'default_transaction_read_only'],
    ["set default_transaction_read_only = 'of'", 'default_transaction_read_only'],
    ["select set_config('transaction_read_only', 'off', true)", 'transaction_read_only'],
    ["select set_config('default_transaction_read_only', 'o' || 'n', true)", 'default_transaction_read_only'],
    ["begin; set transaction_read_only = 'f'; select 1", 'transaction_read_only'],
  ])('%s leaves that of a read grant by %s', (sql, setting) => {
    expect(left(sql, read)).toEqual([setting]);
    expect(left(sql, write)).toEqual([]);
  });

  it.each([
    'reset role',
    'set role none',
    'set session authorization default',
    'reset session authorization',
    'reset statement_timeout',
    'set statement_timeout to default',
    "set statement_timeout = '5s'",
    'set statement_timeout = 5000',
    "set statement_timeout = ' 2 min '",
    "set local statement_timeout = '1.5s'",
    'set statement_timeout = 600000',
    "select set_config('statement_timeout', '5s', false)",
    "set idle_in_transaction_session_timeout = '1min'",
    "set transaction_timeout = '1min'",
    'set lock_timeout = 0',
    'begin',
    'begin read only',
    'set transaction read only',
    'set transaction isolation level serializable',
    "set transaction snapshot '00000003-0000001B-1'",
    'set session characteristics as transaction read only',
    'set session characteristics as transaction isolation level repeatable read',
    'set default_transaction_read_only = on',
    'set default_transaction_read_only to true',
    'reset default_transaction_read_only',
    'set row_security = off',
    "set work_mem = '64MB'",
    'set enable_seqscan = off',
    "set my.tenant = '42'",
    "select set_config('app.user', $1, false)",
    "set plpgsql.extra_warnings = 'all'",
    'reset all',
    'discard all',
    'show statement_timeout',
    "select current_setting('statement_timeout')",
    "explain select set_config('statement_timeout', '0', false)",
    'select * from pg_settings',
    'copy pg_settings to stdout',
    "create function f() returns int language sql set search_path = x as 'select 1'",
    // what tools say when they connect
    'set extra_float_digits = 3',
    "set application_name = 'DBeaver 25 - Main'",
    "set search_path = public, 'shop'",
    "select pg_catalog.set_config('search_path', '', false)",
    "set client_min_messages to 'warning'",
    'set standard_conforming_strings = on',
    "set client_encoding to 'UTF8'",
    "set names 'utf8'",
    "set client_encoding='utf-8'",
    "set datestyle to 'ISO'",
    'set intervalstyle = iso_8601',
    "set session timezone to 'UTC'",
    "set time zone 'Europe/Zurich'",
    'set time zone local',
    "set time zone interval '+02:00' hour to minute",
    "set bytea_output = 'hex'",
    "set DateStyle=ISO; set client_min_messages=notice; select set_config('bytea_output','hex',false) from pg_show_all_settings() where name = 'bytea_output'; set client_encoding='utf-8'",
    "select set_config('TimeZone', $1, false)",
    'set jit = off',
    'set synchronize_seqscans to off',
    'select pg_advisory_unlock_all(); close all; unlisten *; reset all',
  ])('%s stays inside, also in a read grant', (sql) => {
    expect(left(sql, read)).toEqual([]);
    expect(classify(sql).effects.filter(({ kind }) => kind !== 'define')).toEqual([]);
  });

  it('says what is allowed instead', () => {
    const [setting] = classify('set statement_timeout = 0').settings;
    expect(setting !== undefined && leavesFence(setting, read)).toEqual({
      setting: 'statement_timeout',
      hint: 'Choose a value from 1ms to 600000ms, or RESET statement_timeout.',
    });
  });
});
