/**
 * The one contract between main and renderer: named calls with validated arguments and results, and events. Nothing
 * else crosses the bridge, and no secret is part of any shape here. (I7)
 *
 * A call never throws across the bridge; it answers `{ok: true, value}` or `{ok: false, error}`.
 */
import { z } from 'zod';
import { accessRequest, options, person, requestView } from './api.ts';
import { MAX_CHECKED } from './editor.ts';
import {
  endReason,
  environment,
  id128,
  limits,
  mode,
  scope,
  severityId,
  targetId,
  ticketId,
  timestamp,
} from './grants.ts';
import { accessCalls, waitingChange } from './ipc-access.ts';
import { approvalsState, approveCalls } from './ipc-approve.ts';
import { completionCalls } from './ipc-completion.ts';
import { editorCalls } from './ipc-editor.ts';
import { envelopeCalls } from './ipc-envelope.ts';
import { explainCalls } from './ipc-explain.ts';
import { arrangementId, gridCalls } from './ipc-grid.ts';
import { helpCalls } from './ipc-help.ts';
import { historyCalls } from './ipc-history.ts';
import { endedTool, portCopied, portCopy, portState } from './ipc-port.ts';
import { queriesCalls } from './ipc-queries.ts';
import { resultsCalls } from './ipc-results.ts';
import { schemaCalls } from './ipc-schema.ts';
import { settingsCalls } from './ipc-settings.ts';
import { stepUpCalls, stepUpState } from './ipc-step-up.ts';
import { workspaceCalls } from './ipc-workspace.ts';
import { MAX_SQL } from './results.ts';
import { TRANSACTION_MODES } from './settings.ts';

export type { Arrangement, Figures, Filter, FilterTest, GridWork, Hit, SortKey } from './ipc-grid.ts';
export type { Settings } from './ipc-settings.ts';

/** An error a person can act on. */
export const userError = z.strictObject({
  /** Stable and short: `after_deadline`, `bad_argument`. */
  code: z.string().max(64),
  /** What happened, and what was kept. */
  message: z.string().max(2000),
  /** What to do next. */
  hint: z.string().max(2000).nullable(),
});
export type UserError = z.infer<typeof userError>;
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: UserError };

/** The live grant as the glass bar shows it. Durations in ms, counted by main; the renderer only draws them. */
export const liveGrant = z.strictObject({
  id: id128,
  target: z.strictObject({ id: targetId, label: z.string(), environment }),
  scope,
  mode,
  severity: severityId,
  ticket: ticketId,
  reason: z.string(),
  limits,
  expires_at: timestamp,
  /** It came out of an envelope: the collector did not know of it when it was opened. */
  offline: z.boolean(),
  /** Left when this state was made. */
  left_ms: z.int(),
  total_ms: z.int(),
  /** Write access for a while; `scope` and `mode` then say what can be done with it. */
  elevation: z.strictObject({ tables: z.array(z.string()), until: timestamp, left_ms: z.int() }).nullable(),
  /** Changes that were asked for and are not answered yet. */
  waiting: z.array(waitingChange).max(10),
});
export type LiveGrant = z.infer<typeof liveGrant>;

/** What fills the request form before the person touches it. */
export const prefill = accessRequest.partial();
export type Prefill = z.infer<typeof prefill>;

/** Records of this device: written, and proven to be in the ledger. */
export const ledgerState = z.strictObject({
  recorded: z.int(),
  in_ledger: z.int(),
  /** Index of the newest entry known to be in the ledger. */
  index: z.int().nullable(),
  /** What the uploader is waiting for, in plain words; null when it is not waiting. */
  waiting: z.string().nullable(),
});

export const transactionMode = z.enum(TRANSACTION_MODES);
export type TransactionMode = z.infer<typeof transactionMode>;

/** The open transaction of the editor's connection, which all tabs share. */
export const openTransaction = z.strictObject({
  /** Counts the transactions of this grant. */
  n: z.int(),
  /** Opened by the app in manual mode, or by a BEGIN of the user. */
  by: z.enum(['app', 'user']),
  /** The tab that it was opened from. */
  tab: z.string(),
  since: timestamp,
  /** Statements in it so far, and the rows they changed by their command tags. */
  statements: z.int(),
  rows_changed: z.int(),
  /** Until the app rolls it back because nothing is sent in it, when this state was made; null while something runs. */
  rollback_in_ms: z.int().nullable(),
  /** The window warns when less than this is left of it. */
  warn_ms: z.int(),
});
export type OpenTransaction = z.infer<typeof openTransaction>;

export const connectionState = z.strictObject({
  status: z.enum(['connecting', 'connected', 'lost']),
  backend_pid: z.int().nullable(),
  server_version: z.string().nullable(),
  tx: z.enum(['idle', 'transaction', 'failed']),
  mode: transactionMode,
  open: openTransaction.nullable(),
});

/** What is said outside the results: to all tabs, until somebody has read it. */
export const message = z.strictObject({
  id: z.int(),
  at: timestamp,
  /** `ok` goes with the next run by itself. `notify` came from LISTEN. */
  kind: z.enum(['ok', 'warn', 'notify']),
  text: z.string().max(1000),
  detail: z.string().max(1000).nullable(),
  /** `reconnect` offers a new connection. */
  action: z.enum(['reconnect']).nullable(),
});
export type Message = z.infer<typeof message>;

export const summaryStatement = z.strictObject({
  intent: id128,
  /** It came through the local port. */
  port: z.boolean(),
  text: z.string(),
  result: z.enum(['ok', 'error', 'cancelled', 'unknown', 'not_sent']),
  tag: z.string().nullable(),
  sqlstate: z.string().nullable(),
  rows: z.int(),
  ms: z.number().nullable(),
  /** Its intent's place in the ledger once the receipt was verified. */
  ledger_index: z.int().nullable(),
});

/** What the hand-back page shows. */
export const summary = z.strictObject({
  grant: id128,
  target_id: targetId,
  target: z.string(),
  environment,
  severity: severityId,
  ticket: ticketId,
  reason: z.string(),
  /** Began, and ended. */
  from: timestamp,
  until: timestamp,
  why: endReason,
  used_ms: z.int(),
  total_ms: z.int(),
  statements: z.int(),
  denied: z.int(),
  rows_read: z.int(),
  rows_changed: z.int(),
  /** What became of the changed rows; together they are `rows_changed`. */
  fates: z.strictObject({ committed: z.int(), rolled_back: z.int(), unknown: z.int() }),
  /** Tables that statements named, as they named them. */
  tables: z.array(z.string()).max(500),
  /** Files that were written, with all their rows and bytes; and exports that did not come to their end. */
  exports: z.strictObject({ done: z.int(), rows: z.int(), bytes: z.int(), cut: z.int() }),
  /** Milliseconds from the end until the role was gone from the database; null while not known. */
  gone_ms: z.int().nullable(),
  /** The statement that the end cut, and what became of it. */
  cut: z.strictObject({ text: z.string(), outcome: z.string() }).nullable(),
  /** What became of an open transaction, in plain words; null when none was open. */
  transaction: z.string().nullable(),
  /** Tools that were connected through the local port when the grant ended. */
  tools: z.array(endedTool).max(100),
  recent: z.array(summaryStatement).max(200),
  review_due_at: timestamp.nullable(),
  ledger: ledgerState,
});
export type Summary = z.infer<typeof summary>;

/** Everything that the window shows outside the editor and the results; pushed whole whenever it changes. */
export const appState = z.discriminatedUnion('phase', [
  /** Looking for the collector, opening the log. `problem` says why it takes long. */
  z.strictObject({ phase: z.literal('starting'), problem: userError.nullable() }),
  /** The device key must be chosen (passphrase, memory only) or unlocked. */
  z.strictObject({ phase: z.literal('key'), key: z.enum(['choose', 'unlock']), problem: userError.nullable() }),
  z.strictObject({ phase: z.literal('signed-out'), collector: z.string(), problem: userError.nullable() }),
  z.strictObject({ phase: z.literal('signing-in'), collector: z.string() }),
  /** Signed in, glass closed: the request form. */
  z.strictObject({
    phase: z.literal('locked'),
    person,
    options,
    prefill,
    problem: userError.nullable(),
    ledger: ledgerState,
  }),
  /** `problem`: why nothing can be heard of it at this moment. */
  z.strictObject({ phase: z.literal('waiting'), person, request: requestView, problem: userError.nullable() }),
  z.strictObject({ phase: z.literal('activating'), person, request: requestView, step: z.string() }),
  z.strictObject({
    phase: z.literal('live'),
    person,
    grant: liveGrant,
    connection: connectionState,
    port: portState,
    ledger: ledgerState,
    /** Why nothing can be sent although the grant is live (the log cannot be written, …); null when it can. */
    blocked: userError.nullable(),
    /** Oldest first. */
    messages: z.array(message).max(20),
  }),
  z.strictObject({ phase: z.literal('closing'), person, grant: liveGrant, why: endReason, step: z.string() }),
  z.strictObject({ phase: z.literal('closed'), person, summary }),
]);
export type AppState = z.infer<typeof appState>;
export type Phase = AppState['phase'];

export const appInfo = z.strictObject({
  version: z.string(),
  build: z.string(),
  platform: z.enum(['darwin', 'linux', 'win32']),
  packaged: z.boolean(),
});

/** A statement's place in a text: UTF-16 offsets, end exclusive. */
export const statementRange = z.strictObject({ start: z.int(), end: z.int() });

/** Where a parse or server error stands: offset (UTF-16) in the text that was run. */
export const queryError = z.strictObject({
  /** SQLSTATE from the server, or a code of ours such as `after_deadline`. */
  code: z.string(),
  message: z.string(),
  detail: z.string().nullable(),
  hint: z.string().nullable(),
  position: z.int().nullable(),
});
export type QueryError = z.infer<typeof queryError>;
export const column = z.strictObject({
  name: z.string(),
  /** As `format_type` prints it: `numeric(12,2)`. */
  type: z.string(),
  align: z.enum(['left', 'right']),
});
export type Column = z.infer<typeof column>;

/**
 * Why not every row is kept: the grant's limit of rows or bytes, the person's own limit of rows, no room left beside
 * other results, or a disk for temporary files that takes no more.
 */
export const cap = z.enum(['grant_rows', 'own_rows', 'grant_bytes', 'room', 'disk']);
export type Cap = z.infer<typeof cap>;

/**
 * One statement's result, pushed as it grows. Times in ms: of the first statement of a text from the moment the user
 * asked, of a later one from the end of the one before.
 */
export const resultState = z.strictObject({
  id: id128,
  tab: z.string(),
  text: z.string(),
  /** Where the statement stands in the text that was run, UTF-16. */
  offset: z.int(),
  /** The n-th statement of so many in that text, from 1. */
  n: z.int(),
  of: z.int(),
  /** `waiting`: for statements before it. `recording`: its record is being written, or receipted; not sent yet. */
  status: z.enum([
    'recording',
    'waiting',
    'running',
    'cancelling',
    'done',
    'error',
    'cancelled',
    'unknown',
    'not_sent',
  ]),
  columns: z.array(column),
  rows: z.int(),
  /** Rows that the store holds; fewer than `rows` where the cap stopped it. */
  stored: z.int(),
  cap: cap.nullable(),
  /** A plain SELECT: an export may run it once more to get every row. */
  repeatable: z.boolean(),
  /** Its rows were let go to make room for newer results; run it again to see them. */
  let_go: z.boolean(),
  tag: z.string().nullable(),
  notices: z.array(z.string()),
  error: queryError.nullable(),
  /** Part of the waiting that was not for the record: statements before it, connecting, opening a transaction. */
  queued_ms: z.number().nullable(),
  /** Until it was sent. */
  waited_ms: z.number().nullable(),
  /** Null where no row came. */
  first_row_ms: z.number().nullable(),
  /** Until the server was done with it and the last row was here. */
  done_ms: z.number().nullable(),
  /** When it was to be cancelled, ms from the moment the user asked for the text; null when it was not. */
  cancel_ms: z.number().nullable(),
  /** What became of what it changed; null where nothing was, or it has not ended. */
  fate: z.enum(['open', 'committed', 'rolled_back', 'unknown']).nullable(),
  /** Its intent; in the ledger at this index once the receipt was verified. */
  intent: id128.nullable(),
  ledger_index: z.int().nullable(),
});
export type ResultState = z.infer<typeof resultState>;

/** Cell text exactly as psql shows it, at most `CELL_CHARACTERS` of it and a mark; null is SQL NULL. */
export const cells = z.array(z.array(z.string().nullable()));

/** Text for the clipboard: tab-separated, the same with names, or one of the formats that exports have, too. */
export const copyFormat = z.enum(['tsv', 'tsv_names', 'csv', 'json', 'markdown', 'insert', 'in_list']);
export type CopyFormat = z.infer<typeof copyFormat>;

export const exportFormat = z.enum(['csv', 'json', 'ndjson', 'insert', 'markdown']);
export type ExportFormat = z.infer<typeof exportFormat>;
/** What can be exported of a result. */
export const exportOffer = z.strictObject({
  /** Rows that are kept here. */
  rows: z.int(),
  /** They are all that the statement returned. */
  complete: z.boolean(),
  /** It is a plain SELECT and may be run once more, into the file. */
  again: z.boolean(),
  /** The table that the statement reads, where it is one; else empty. */
  table: z.string(),
});
export type ExportOffer = z.infer<typeof exportOffer>;
export const exportWish = z.strictObject({
  result: id128,
  format: exportFormat,
  /** The rows that are kept, or the statement run again and all of its rows. */
  source: z.enum(['kept', 'again']),
  /** Of CSV. */
  delimiter: z.enum([',', ';', '\t']),
  /** Of INSERT: the name as it would stand in SQL. */
  table: z.string().max(300),
});
export type ExportWish = z.infer<typeof exportWish>;
/** An export as it is written; pushed as it grows. Where the file is, only main knows; these are words for a person. */
export const exportState = z.strictObject({
  id: id128,
  status: z.enum(['writing', 'finishing', 'done', 'cancelled', 'failed']),
  format: exportFormat,
  file: z.string(),
  /** `~/Downloads` */
  folder: z.string(),
  rows: z.int(),
  /** Rows that it will have; null where only the server knows. */
  of: z.int().nullable(),
  bytes: z.int(),
  ms: z.int(),
  error: userError.nullable(),
});
export type ExportState = z.infer<typeof exportState>;

const none = z.tuple([]);
const nothing = z.null();
const call = <A extends z.ZodType, V extends z.ZodType>(args: A, value: V) => ({ args, value });

/** Every call the renderer may make. Key = channel and function name on `window.vitrine`. */
export const calls = {
  /** The current state; afterwards `onState` pushes every change. */
  getState: call(none, appState),
  getInfo: call(none, appInfo),
  /** Protect the device key: a passphrase of at least 8 characters, or memory only. */
  chooseKey: call(
    z.tuple([
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('passphrase'), passphrase: z.string().min(8).max(1024) }),
        z.strictObject({ kind: z.literal('memory') }),
      ]),
    ]),
    nothing,
  ),
  unlockKey: call(z.tuple([z.string().min(1).max(1024)]), nothing),
  /** Forget the locked key: this becomes a new device. */
  forgetKey: call(none, nothing),
  /** Opens the system browser; answers when the login has ended, either way. */
  signIn: call(none, nothing),
  cancelSignIn: call(none, nothing),
  signOut: call(none, nothing),
  /** Ask for access, or break the glass alone. */
  submitRequest: call(z.tuple([accessRequest]), nothing),
  withdrawRequest: call(none, nothing),
  handBack: call(none, nothing),
  ...accessCalls,
  ...stepUpCalls,
  ...approveCalls,
  ...envelopeCalls,
  /** What was done, as Markdown for the incident's ticket; on the clipboard. */
  copySummary: call(none, nothing),
  /** Asks where to, then saves the grant's evidence as the collector gives it. Null: no file was chosen. */
  saveEvidence: call(none, z.strictObject({ file: z.string(), folder: z.string(), bytes: z.int() }).nullable()),
  /** Leave the summary, back to the request form. */
  dismissSummary: call(none, nothing),

  /** Ranges of the top-level statements, by the real parser; falls back to its scanner where the text does not parse. */
  splitSql: call(z.tuple([z.string().max(MAX_CHECKED)]), z.array(statementRange)),
  /** Run a text (one or more statements) for a tab; answers with the ids of its results, in order. */
  runSql: call(
    z.tuple([
      z.strictObject({
        tab: z.string().max(64),
        text: z.string().min(1).max(MAX_SQL),
        /** The user has confirmed what the last answer asked. */
        confirmed: z.boolean(),
      }),
    ]),
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('started'), results: z.array(id128) }),
      z.strictObject({ kind: z.literal('confirm'), title: z.string(), detail: z.string(), action: z.string() }),
    ]),
  ),
  /** Asks the server to cancel; the result says `cancelled` only when the server confirmed it. */
  cancelSql: call(z.tuple([id128]), nothing),
  getRows: call(
    z.tuple([z.strictObject({ result: id128, offset: z.int().min(0), count: z.int().min(1).max(2000) })]),
    cells,
  ),
  /** Puts a rectangle of a result on the clipboard, all inclusive; one single cell exactly as it is. */
  copyRows: call(
    z.tuple([
      z.strictObject({
        result: id128,
        top: z.int().min(0),
        bottom: z.int().min(0),
        left: z.int().min(0),
        right: z.int().min(0),
        /** The columns as they stand in the grid, which `left` and `right` count; all of the result without it. */
        columns: z.array(z.int().min(0).max(1663)).max(1664).optional(),
        /** The rows as they stand in the grid, which `top` and `bottom` count. */
        arrangement: arrangementId.optional(),
        as: copyFormat,
      }),
    ]),
    z.strictObject({ rows: z.int(), cells: z.int() }),
  ),
  ...gridCalls,
  closeResult: call(z.tuple([id128]), nothing),
  ...resultsCalls,
  /** Refused while something runs, and from manual to auto while a transaction is open. */
  setTransactionMode: call(z.tuple([transactionMode]), nothing),
  /** Answers when the server has done it; an error where a COMMIT did not commit. */
  endTransaction: call(z.tuple([z.enum(['commit', 'rollback'])]), nothing),
  /** Gives up the editor's connection, whatever runs on it, and opens a new one. */
  reconnect: call(none, nothing),
  dismissMessage: call(z.tuple([z.int()]), nothing),
  offerExport: call(z.tuple([id128]), exportOffer),
  /** Asks where to (in a dialog of the system), then writes; `onExport` tells how it goes. Null: no file was chosen. */
  startExport: call(z.tuple([exportWish]), id128.nullable()),
  cancelExport: call(z.tuple([id128]), nothing),
  /** Shows a finished export in the system's file manager. */
  showExport: call(z.tuple([id128]), nothing),
  ...explainCalls,
  ...schemaCalls,
  ...completionCalls,

  /** Lets other tools in; the state then says where. */
  openPort: call(none, nothing),
  /** Disconnects them all, and answers when they are gone. */
  closePort: call(none, nothing),
  /** Puts it on the clipboard, and answers when that will be cleared again. The page does not get it. */
  copyPort: call(z.tuple([portCopy]), portCopied),
  /** Opens a terminal of the system in which psql is connected through the port. */
  openPsql: call(none, nothing),
  /** Disconnects one tool; does nothing where it has left in the meantime. */
  disconnectClient: call(z.tuple([id128]), nothing),

  ...editorCalls,
  ...helpCalls,
  ...workspaceCalls,
  ...historyCalls,
  ...settingsCalls,
  ...queriesCalls,
  /** Writes text that the user asked to copy; only from a user gesture. */
  copyText: call(z.tuple([z.string().max(16_000_000)]), nothing),
  /** The answer to the command `quit`: go, or stay. */
  quit: call(z.tuple([z.boolean()]), nothing),
} as const;
export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallArgs<N extends CallName> = z.infer<Calls[N]['args']>;
export type CallValue<N extends CallName> = z.infer<Calls[N]['value']>;

/** Every event main may push. Key = function name on `window.vitrine`; each returns an unsubscribe. */
export const events = {
  onState: appState,
  onResult: resultState,
  onExport: exportState,
  onStepUp: stepUpState.nullable(),
  onApprovals: approvalsState.nullable(),
  /**
   * The menu or a shortcut of the shell asks for a command: `run`, `cancel`, `commit`, `rollback`, `export`,
   * `port`, `handBack`, `palette`; or somebody wants to `quit` while a transaction is open, which is asked about first.
   */
  onCommand: z.strictObject({ command: z.string().max(64) }),
} as const;
export type Events = typeof events;
export type EventName = keyof Events;

/** What the preload puts on `window.vitrine`. */
export type Bridge = {
  readonly [N in CallName]: (...args: CallArgs<N>) => Promise<Result<CallValue<N>>>;
} & {
  readonly [N in EventName]: (listener: (value: z.infer<Events[N]>) => void) => () => void;
};
