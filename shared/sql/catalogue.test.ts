import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, temporaryPostgres } from '../../dev/stack/postgres.ts';
import { builtInEffects, numberedFunctions } from './functions.ts';
import { freeSettings, knownSettings } from './settings.ts';

let postgres: Postgres;
let admin: pg.Client;
beforeAll(async () => {
  postgres = await temporaryPostgres();
  admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
}, 60_000);
afterAll(async () => {
  await admin?.end();
  await postgres?.stop();
});
const column = async (sql: string): Promise<string[]> =>
  (await admin.query<{ name: string }>(sql)).rows.map(({ name }) => name);

/**
 * Volatile, and yet nothing but an answer: they read clocks, random numbers, statistics, what the server is doing, or
 * change nothing but this session's own random seed and statistics snapshot. `lo_open` and `lo_lseek` prepare what
 * `lowrite` does. `pg_sleep` ends with the statement's timeout.
 */
const ANSWERING = new Set(
  `array_sample array_shuffle binary_upgrade_logical_slot_has_caught_up clock_timestamp current_query currtid2 currval cursor_to_xml cursor_to_xmlschema
  gen_random_uuid lastval lo_close lo_get lo_lseek lo_lseek64 lo_open lo_tell lo_tell64 loread
  pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared pg_available_wal_summaries pg_blocking_pids
  pg_collation_actual_version pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system
  pg_current_logfile pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
  pg_database_collation_actual_version pg_database_size pg_export_snapshot pg_get_aios pg_get_backend_memory_contexts
  pg_get_loaded_modules pg_get_multixact_members pg_get_sequence_data pg_get_shmem_allocations
  pg_get_shmem_allocations_numa pg_get_wait_events pg_get_wal_replay_pause_state pg_get_wal_resource_managers
  pg_get_wal_summarizer_state pg_hba_file_rules pg_ident_file_mappings pg_indexes_size pg_is_in_recovery
  pg_is_wal_replay_paused pg_isolation_test_session_is_blocked pg_jit_available pg_last_committed_xact
  pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_lock_status
  pg_logical_slot_peek_binary_changes pg_logical_slot_peek_changes pg_notification_queue_usage pg_partition_ancestors
  pg_partition_tree pg_prepared_xact pg_relation_size pg_replication_origin_progress
  pg_replication_origin_session_is_setup pg_replication_origin_session_progress pg_safe_snapshot_blocking_pids
  pg_sequence_last_value pg_show_all_file_settings pg_show_replication_origin_status pg_sleep pg_sleep_for
  pg_sleep_until pg_stat_clear_snapshot pg_stat_force_next_flush pg_stat_get_backend_io pg_stat_get_backend_wal
  pg_stat_get_io pg_stat_get_recovery_prefetch pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
  pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
  pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
  pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated
  pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_table_size pg_tablespace_size
  pg_total_relation_size pg_wal_summary_contents pg_xact_commit_timestamp pg_xact_commit_timestamp_origin
  pg_xact_status random random_normal setseed timeofday txid_status uuidv4 uuidv7`.split(/\s+/),
);
/** Looked at on their own: `set_config` as a setting, the others as SQL that they run. */
const JUDGED = new Set(
  'set_config query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat ts_rewrite'.split(' '),
);

/** Functions that SQL can call: no triggers, and none that takes or returns a type that only the server can make. */
const VOLATILE = `
  select distinct p.proname as name from pg_proc p
   where p.pronamespace = 'pg_catalog'::regnamespace and p.provolatile = 'v' and p.prokind in ('f', 'p')
     and not exists (select from unnest(p.proargtypes || p.prorettype) as t(oid)
                      where t.oid in ('internal'::regtype, 'trigger'::regtype, 'language_handler'::regtype,
                        'index_am_handler'::regtype, 'table_am_handler'::regtype, 'tsm_handler'::regtype))
     and p.proname !~ '^(plpgsql_validator|amvalidate)$'`;

describe('the tables of the gate, held against the running PostgreSQL', () => {
  it('know every volatile function of its own: with effects, or looked at and found to have none', async () => {
    const volatile = await column(VOLATILE);
    expect(volatile.length).toBeGreaterThan(150);
    const unknown = volatile.filter((name) => !builtInEffects.has(name) && !ANSWERING.has(name) && !JUDGED.has(name));
    expect(unknown).toEqual([]);
  });

  it('name no function that is not there, or that is on two sides', async () => {
    const all = new Set(
      await column("select proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace"),
    );
    expect([...builtInEffects.keys(), ...ANSWERING, ...JUDGED].filter((name) => !all.has(name))).toEqual([]);
    expect([...builtInEffects.keys()].filter((name) => ANSWERING.has(name) || JUDGED.has(name))).toEqual([]);
  });

  it('name functions by the right numbers: every form of set_config and of what reaches files', async () => {
    const outside = [...builtInEffects].flatMap(([name, kind]) => (kind === 'outside' ? [name] : []));
    const { rows } = await admin.query<{ oid: string; name: string }>(
      "select oid::text, proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any ($1)",
      [['set_config', ...outside]],
    );
    const sorted = (pairs: (readonly [number, string])[]): string[] => pairs.map((pair) => pair.join(' ')).sort();
    expect(sorted([...numberedFunctions])).toEqual(sorted(rows.map(({ oid, name }) => [Number(oid), name])));
  });

  it('know every setting that everybody may set, and let none pass that is not for everybody', async () => {
    const user = await column("select lower(name) as name from pg_settings where context = 'user'");
    expect(user.length).toBeGreaterThan(100);
    expect(user.filter((name) => !knownSettings.has(name))).toEqual([]);
    const others = await column("select lower(name) as name from pg_settings where context <> 'user'");
    expect(others.filter((name) => freeSettings.has(name))).toEqual([]);
    // `seed` is hidden from pg_settings.
    const missing = [...knownSettings].filter((name) => !user.includes(name) && name !== 'seed');
    expect(missing).toEqual([]);
  });
});
