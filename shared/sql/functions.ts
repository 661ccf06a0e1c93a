/**
 * Functions with effects, by name. PostgreSQL's own: every volatile function of 18 was looked at (`pg_proc`, manual
 * chapter 9), and a test compares this table with the running server, so that a new one cannot be missed. Of functions
 * that are made in a database nothing is known here; see decision 012.
 */
import type { EffectKind } from './effects.ts';

type FunctionEffect = Exclude<EffectKind, 'define' | 'role' | 'privileges' | 'opaque' | 'unknown' | 'portal'>;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Volatile functions of PostgreSQL 18 that change, hold, reach or reveal something beyond their answer. */
const builtIn: Readonly<Record<Exclude<FunctionEffect, 'outlive'>, readonly string[]>> = {
  write: words(`
    nextval setval lo_creat lo_create lo_from_bytea lo_put lo_truncate lo_truncate64 lo_unlink lowrite
    pg_import_system_collations pg_extension_config_dump pg_nextoid pg_stop_making_pinned_objects
    binary_upgrade_add_sub_rel_state binary_upgrade_create_empty_extension binary_upgrade_replorigin_advance
    binary_upgrade_set_missing_value binary_upgrade_set_next_array_pg_type_oid
    binary_upgrade_set_next_heap_pg_class_oid binary_upgrade_set_next_heap_relfilenode
    binary_upgrade_set_next_index_pg_class_oid binary_upgrade_set_next_index_relfilenode
    binary_upgrade_set_next_multirange_array_pg_type_oid binary_upgrade_set_next_multirange_pg_type_oid
    binary_upgrade_set_next_pg_authid_oid binary_upgrade_set_next_pg_enum_oid
    binary_upgrade_set_next_pg_tablespace_oid binary_upgrade_set_next_pg_type_oid
    binary_upgrade_set_next_toast_pg_class_oid binary_upgrade_set_next_toast_relfilenode
    binary_upgrade_set_record_init_privs`),
  lock: words(`
    pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock
    pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared`),
  maintain: words(`
    brin_desummarize_range brin_summarize_new_values brin_summarize_range gin_clean_pending_list
    pg_clear_attribute_stats pg_clear_relation_stats pg_restore_attribute_stats pg_restore_relation_stats`),
  signal: words('pg_cancel_backend pg_terminate_backend pg_notify pg_log_backend_memory_contexts'),
  server: words(`
    pg_backup_start pg_backup_stop pg_create_restore_point pg_switch_wal pg_promote pg_reload_conf pg_rotate_logfile
    pg_wal_replay_pause pg_wal_replay_resume pg_log_standby_snapshot pg_logical_emit_message
    pg_logical_slot_get_changes pg_logical_slot_get_binary_changes pg_create_logical_replication_slot
    pg_create_physical_replication_slot pg_copy_logical_replication_slot pg_copy_physical_replication_slot
    pg_drop_replication_slot pg_replication_slot_advance pg_sync_replication_slots pg_replication_origin_advance
    pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_session_reset
    pg_replication_origin_session_setup pg_replication_origin_xact_reset pg_replication_origin_xact_setup
    pg_stat_reset pg_stat_reset_backend_stats pg_stat_reset_replication_slot pg_stat_reset_shared
    pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters pg_stat_reset_slru
    pg_stat_reset_subscription_stats`),
  outside: words(`
    lo_import lo_export pg_read_file pg_read_binary_file pg_stat_file pg_ls_dir pg_ls_archive_statusdir pg_ls_logdir
    pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_ls_tmpdir pg_ls_waldir`),
};

/** Functions of well-known extensions, whose schema is whatever their owner chose, and of older versions. */
const ofExtensions: readonly (readonly [RegExp, FunctionEffect])[] = [
  // dblink and its kin open connections of their own, past this relay and past the grant's role.
  [/^dblink(_\w+)?$/, 'outside'],
  // adminpack, pgsql-http, aws_s3, aws_lambda
  [/^pg_file_(write|sync|rename|unlink)$|^pg_logdir_ls$/, 'outside'],
  [/^http(_\w+)?$|^table_import_from_s3$|^query_export_to_s3$/, 'outside'],
  [/^pg_background_launch$/, 'outlive'],
  [/^pg_stat_statements_reset$|^pg_buffercache_evict\w*$|^heap_force_(kill|freeze)$/, 'server'],
  [/^pg_truncate_visibility_map$/, 'maintain'],
  // PostgreSQL until 14.
  [/^pg_(start|stop)_backup$/, 'server'],
];
/** Where only the schema tells: pg_cron and pg_net work on after the connection is gone. */
const ofSchemas: Readonly<Record<string, FunctionEffect>> = { cron: 'outlive', net: 'outside', aws_lambda: 'outside' };

const effects = new Map<string, FunctionEffect>();
// The keys are those of the record above.
for (const [kind, names] of Object.entries(builtIn))
  for (const name of names) effects.set(name, kind as FunctionEffect);

/**
 * Functions that run SQL which they are given as text, with the places of it. They run it read-only (`SPI_execute` with
 * `read_only`), but it may call any function, `set_config` too. The crosstabs come with tablefunc.
 */
const sqlArguments: ReadonlyMap<string, readonly number[]> = new Map([
  ['query_to_xml', [0]],
  ['query_to_xmlschema', [0]],
  ['query_to_xml_and_xmlschema', [0]],
  ['ts_stat', [0]],
  ['ts_rewrite', [1]],
  ['crosstab', [0, 1]],
  ...['crosstab2', 'crosstab3', 'crosstab4'].map((name): [string, number[]] => [name, [0]]),
]);

/** By the last part of the name, whatever the schema: a name that is used again elsewhere is refused with it. */
export function functionEffect(schema: string, name: string): FunctionEffect | null {
  const known = effects.get(name);
  if (known !== undefined) return known;
  const ofSchema = schema === '' ? undefined : ofSchemas[schema];
  if (ofSchema !== undefined) return ofSchema;
  if (schema === 'pg_catalog') return null;
  return ofExtensions.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Places of SQL text among the arguments; null for a function that runs none. */
export function sqlArgumentsOf(name: string, count: number): readonly number[] | null {
  // With three arguments ts_rewrite takes two queries instead of SQL.
  if (name === 'ts_rewrite' && count !== 2) return null;
  return sqlArguments.get(name) ?? null;
}

/**
 * `a.f` and `(a).f` call the function f with a, when there is no such column: only these may be meant so, because a
 * column of such a name is hardly ever seen.
 */
export const calledByDot = (name: string): boolean =>
  effects.has(name) || sqlArguments.has(name) || /^dblink(_\w+)?$/.test(name);

/**
 * The numbers by which a FunctionCall message may name what no grant allows: `set_config`, and what reaches files.
 * Numbers of built-in functions never change.
 */
const numbers: Readonly<Record<string, readonly number[]>> = {
  set_config: [2078],
  lo_import: [764, 767],
  lo_export: [765],
  pg_read_file: [2624, 3293, 3826, 6208],
  pg_read_binary_file: [3295, 3827, 3828, 6209],
  pg_stat_file: [2623, 3307],
  pg_ls_dir: [2625, 3297],
  pg_ls_archive_statusdir: [5031],
  pg_ls_logdir: [3353],
  pg_ls_logicalmapdir: [6271],
  pg_ls_logicalsnapdir: [6270],
  pg_ls_replslotdir: [6272],
  pg_ls_summariesdir: [6400],
  pg_ls_tmpdir: [5029, 5030],
  pg_ls_waldir: [3354],
};
export const numberedFunctions: ReadonlyMap<number, string> = new Map(
  Object.entries(numbers).flatMap(([name, oids]) => oids.map((oid): [number, string] => [oid, name])),
);

/** For the test that holds this table against a server. */
export const builtInEffects: ReadonlyMap<string, FunctionEffect> = effects;
