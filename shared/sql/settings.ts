/**
 * What SET and its kin may do in a grant. PostgreSQL's own settings are an allow-list, so that one that a new version
 * brings is refused until somebody has looked at it; names with a dot are made up by applications and extensions, so
 * there it is a deny-list (decision 012).
 */

export interface Setting {
  /** In lower case; null where it is computed. */
  readonly name: string | null;
  /** Null where it is computed, or a list. */
  readonly value: string | null;
  /** RESET, and SET … TO DEFAULT: back to what the role or the server says. */
  readonly reset: boolean;
  /** Byte offset in the text. */
  readonly at: number | null;
}

/** What the settings of a session are held to. */
export interface Fence {
  readonly readOnly: boolean;
  /** Longest `statement_timeout`, milliseconds. */
  readonly statementTimeoutMs: number;
  /** Longest `idle_in_transaction_session_timeout`, milliseconds. */
  readonly idleTxTimeoutMs: number;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Settings of PostgreSQL 18 that everybody may set (`pg_settings.context` is `user`) and that widen nothing. */
const free: ReadonlySet<string> = new Set(
  words(`
    application_name array_nulls backend_flush_after bytea_output check_function_bodies client_min_messages
    commit_siblings constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction
    datestyle default_statistics_target default_table_access_method default_tablespace default_text_search_config
    default_toast_compression default_transaction_deferrable default_transaction_isolation effective_cache_size
    effective_io_concurrency enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge
    enable_group_by_reordering enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan
    enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append
    enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join
    enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort enable_tidscan
    escape_string_warning extra_float_digits file_copy_method from_collapse_limit geqo geqo_effort geqo_generations
    geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit
    hash_mem_multiplier icu_validation_level intervalstyle io_combine_limit jit jit_above_cost jit_expressions
    jit_inline_above_cost jit_optimize_above_cost jit_tuple_deforming join_collapse_limit lc_monetary lc_numeric lc_time
    lock_timeout logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem
    max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather min_parallel_index_scan_size
    min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost parallel_tuple_cost plan_cache_mode
    quote_all_identifiers random_page_cost recursive_worktable_factor restrict_nonsystem_relation_kind row_security
    search_path seed seq_page_cost stats_fetch_consistency synchronize_seqscans synchronous_commit temp_buffers
    temp_tablespaces timezone timezone_abbreviations transaction_deferrable transaction_isolation transform_null_equals
    vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit
    vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age
    vacuum_max_eager_freeze_failure_rate vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age
    vacuum_multixact_freeze_table_age vacuum_truncate wal_skip_threshold work_mem xmlbinary xmloption`),
);

/** Settings that everybody may set and that a grant holds: by value (see {@link leavesFence}), or altogether. */
const held: ReadonlySet<string> = new Set(
  words(`
    client_encoding standard_conforming_strings backslash_quote
    default_transaction_read_only transaction_read_only
    statement_timeout transaction_timeout idle_in_transaction_session_timeout idle_session_timeout
    client_connection_check_interval tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout
    wal_sender_timeout exit_on_error
    log_parameter_max_length_on_error debug_print_parse debug_print_plan debug_print_rewritten debug_pretty_print
    trace_notify trace_sort debug_logical_replication_streaming debug_parallel_query
    createrole_self_grant local_preload_libraries md5_password_warnings password_encryption scram_iterations`),
);

/** Extensions that record or restrict what a session does. */
const heldPrefixes = /^(pgaudit|pgauditlogtofile|pg_stat_statements|auto_explain|anon|sepgsql|credcheck|vitrine)\./;

const ON = /^(on|true|tru|tr|t|yes|ye|y|1)$/i;
const UTF8 = /^["']?(utf-?8|unicode|default)["']?$/i;

export interface Left {
  readonly setting: string;
  /** What is allowed instead, as a sentence. */
  readonly hint: string;
}

/** What leaves the fence; null for a setting that stays inside. */
export function leavesFence({ name, value, reset }: Setting, fence: Fence): Left | null {
  if (name === null) return { setting: 'computed', hint: 'Write the name of the setting as a constant, or use SET.' };
  const left = (hint: string): Left => ({ setting: name, hint });
  if (name === 'transaction_read_only') {
    // Before PostgreSQL 15, RESET turns it off.
    const off = reset || !ON.test(value ?? '');
    return fence.readOnly && off ? left('Read, or ask for a grant whose scope allows writing.') : null;
  }
  if (name === 'role' || name === 'session_authorization')
    return reset || value === 'none' ? null : left('Work as the role of the grant.');
  if (reset || free.has(name)) return null;
  if (name === 'default_transaction_read_only')
    return fence.readOnly && !ON.test(value ?? '')
      ? left('Read, or ask for a grant whose scope allows writing.')
      : null;
  const longest = longestTimeout(name, fence);
  if (longest !== null) {
    const wanted = milliseconds(value ?? '');
    if (wanted !== null && wanted >= 1 && wanted <= longest) return null;
    return left(`Choose a value from 1ms to ${longest}ms, or RESET ${name}.`);
  }
  if (name === 'standard_conforming_strings') return ON.test(value ?? '') ? null : left('Leave it on.');
  if (name === 'client_encoding') return UTF8.test(value ?? '') ? null : left('Leave it at UTF8.');
  if (name.includes('.') && !heldPrefixes.test(name)) return null;
  return left('Check its name, or leave it out: only settings that are known to be harmless may be changed.');
}

function longestTimeout(name: string, fence: Fence): number | null {
  if (name === 'statement_timeout' || name === 'transaction_timeout') return fence.statementTimeoutMs;
  if (name === 'idle_in_transaction_session_timeout' || name === 'idle_session_timeout') return fence.idleTxTimeoutMs;
  return null;
}

const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5, '': 1 };

/** Null for whatever is not a plain number: the server also reads octal and exponents, and rounds `0.4ms` to 0, never. */
function milliseconds(value: string): number | null {
  const found = /^\s*((?:0|[1-9]\d*)(?:\.\d+)?)\s*(us|ms|s|min|h|d|)\s*$/.exec(value);
  const unit = units[found?.[2] ?? ''];
  return found === null || unit === undefined ? null : Number(found[1]) * unit;
}

/** For the test that holds this table against a server. */
export const knownSettings: ReadonlySet<string> = new Set([...free, ...held]);
export const freeSettings: ReadonlySet<string> = free;
