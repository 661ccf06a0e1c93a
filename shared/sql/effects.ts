/** What a statement does besides answering, as far as its parse tree shows. */
import type { Node } from './parser.ts';
import { isNode, list, locationOf, unwrap, word } from './tree.ts';

/**
 * - `write` changes rows, `define` changes definitions
 * - `lock` makes others wait, `maintain` rewrites or measures tables, `signal` reaches other sessions, `server` changes
 *   the state of the server
 * - `opaque` runs code that cannot be read here: DO, CALL, SQL made at run time
 * - `outside` reaches files and programs of the server, or other servers
 * - `role` changes roles, `outlive` stays when the connection is gone
 * - `unknown` executes a name that nobody is known to have prepared, `portal` fetches from what a Bind has made; only
 *   the relay, which knows the session, can tell
 */
export type EffectKind =
  | 'write'
  | 'define'
  | 'lock'
  | 'maintain'
  | 'signal'
  | 'server'
  | 'opaque'
  | 'outside'
  | 'role'
  | 'privileges'
  | 'outlive'
  | 'unknown'
  | 'portal';

export interface Effect {
  readonly kind: EffectKind;
  /** What does it, as it is called: `DELETE`, `SELECT FOR UPDATE`, `nextval()`. */
  readonly what: string;
  /** Byte offset in the text; null where the parser keeps none. */
  readonly at: number | null;
}

/** Statements that have no effect by themselves; what is inside them is looked at on its own. */
const quiet = new Set(
  `SelectStmt ExplainStmt VariableSetStmt VariableShowStmt TransactionStmt PrepareStmt ExecuteStmt DeallocateStmt
  DeclareCursorStmt FetchStmt ClosePortalStmt DiscardStmt ListenStmt UnlistenStmt ConstraintsSetStmt`.split(/\s+/),
);

const fixed: Readonly<Record<string, readonly [EffectKind, string]>> = {
  InsertStmt: ['write', 'INSERT'],
  UpdateStmt: ['write', 'UPDATE'],
  DeleteStmt: ['write', 'DELETE'],
  MergeStmt: ['write', 'MERGE'],
  DoStmt: ['opaque', 'DO'],
  CallStmt: ['opaque', 'CALL'],
  NotifyStmt: ['signal', 'NOTIFY'],
  VacuumStmt: ['maintain', 'VACUUM'],
  ClusterStmt: ['maintain', 'CLUSTER'],
  ReindexStmt: ['maintain', 'REINDEX'],
  CheckPointStmt: ['server', 'CHECKPOINT'],
  LoadStmt: ['server', 'LOAD'],
  AlterSystemStmt: ['outlive', 'ALTER SYSTEM'],
  AlterDatabaseSetStmt: ['outlive', 'ALTER DATABASE … SET'],
  AlterDefaultPrivilegesStmt: ['privileges', 'ALTER DEFAULT PRIVILEGES'],
  AlterOwnerStmt: ['privileges', 'ALTER … OWNER TO'],
  CreateRoleStmt: ['role', 'CREATE ROLE'],
  AlterRoleStmt: ['role', 'ALTER ROLE'],
  AlterRoleSetStmt: ['role', 'ALTER ROLE … SET'],
  DropRoleStmt: ['role', 'DROP ROLE'],
  DropOwnedStmt: ['role', 'DROP OWNED'],
  ReassignOwnedStmt: ['role', 'REASSIGN OWNED'],
  CreateStmt: ['define', 'CREATE TABLE'],
  ViewStmt: ['define', 'CREATE VIEW'],
  IndexStmt: ['define', 'CREATE INDEX'],
  RuleStmt: ['define', 'CREATE RULE'],
  DefineStmt: ['define', 'CREATE'],
  CompositeTypeStmt: ['define', 'CREATE TYPE'],
  CreateTrigStmt: ['define', 'CREATE TRIGGER'],
  CreateEventTrigStmt: ['define', 'CREATE EVENT TRIGGER'],
  CreatedbStmt: ['define', 'CREATE DATABASE'],
  DropdbStmt: ['define', 'DROP DATABASE'],
  SecLabelStmt: ['define', 'SECURITY LABEL'],
  RefreshMatViewStmt: ['define', 'REFRESH MATERIALIZED VIEW'],
};

/** `ALTER TABLE` of `AlterTableStmt`: near enough to the command for a person. */
const spelled = (name: string): string =>
  name
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();

/** A statement by the name of its node. A statement that is not known here is one that changes something. (I6) */
export function statementEffect(name: string, body: Node, start: number | null): Effect | null {
  if (quiet.has(name) || name === 'RawStmt' || name === 'ReturnStmt') return null;
  if (name === 'CopyStmt') return copyEffect(body, start);
  // ACCESS SHARE is what every SELECT takes.
  if (name === 'LockStmt') return body.mode === 1 ? null : { kind: 'lock', what: 'LOCK TABLE', at: start };
  if (name === 'VacuumStmt' && body.is_vacuumcmd !== true) return { kind: 'maintain', what: 'ANALYZE', at: start };
  if (name === 'GrantStmt' || name === 'GrantRoleStmt') {
    const what = body.is_grant === true ? 'GRANT' : 'REVOKE';
    return { kind: name === 'GrantStmt' ? 'privileges' : 'role', what, at: start };
  }
  if (name === 'AlterTableStmt' && list(body.cmds).some((one) => unwrap(one)[1].subtype === 'AT_ChangeOwner'))
    return { kind: 'privileges', what: 'ALTER … OWNER TO', at: start };
  const known = fixed[name];
  if (body.objtype === 'OBJECT_ROLE' || body.renameType === 'OBJECT_ROLE')
    return { kind: 'role', what: known?.[1] ?? spelled(name), at: start };
  if (known === undefined) return { kind: 'define', what: spelled(name), at: start };
  const [kind, what] = known;
  return { kind, what, at: isNode(body.relation) ? locationOf(body.relation) : start };
}

function copyEffect(body: Node, start: number | null): Effect | null {
  const direction = body.is_from === true ? 'COPY FROM' : 'COPY TO';
  if (body.is_program === true) return { kind: 'outside', what: `${direction} PROGRAM`, at: start };
  if (word(body.filename) !== '') return { kind: 'outside', what: `${direction} a file of the server`, at: start };
  return body.is_from === true ? { kind: 'write', what: 'COPY FROM', at: start } : null;
}

/** COMMIT and ROLLBACK PREPARED finish what another connection left; a grant has nothing to do with either. */
export function transactionEffect(body: Node, start: number | null): Effect | null {
  const what = twoPhase[word(body.kind)];
  return what === undefined ? null : { kind: 'outlive', what, at: start };
}
const twoPhase: Readonly<Record<string, string>> = {
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
};

const strengths: Readonly<Record<string, string>> = {
  LCS_FORKEYSHARE: 'FOR KEY SHARE',
  LCS_FORSHARE: 'FOR SHARE',
  LCS_FORNOKEYUPDATE: 'FOR NO KEY UPDATE',
  LCS_FORUPDATE: 'FOR UPDATE',
};

/** SELECT INTO and SELECT FOR UPDATE: of a SelectStmt, and of the bare arms of a UNION. */
export function selectEffects(body: Node, start: number | null): readonly Effect[] {
  const found: Effect[] = [];
  if (isNode(body.intoClause)) found.push({ kind: 'define', what: 'SELECT INTO', at: start });
  for (const clause of list(body.lockingClause)) {
    const strength = strengths[word(unwrap(clause)[1].strength)] ?? 'FOR UPDATE';
    found.push({ kind: 'lock', what: `SELECT ${strength}`, at: start });
  }
  return found;
}

/** EXPLAIN runs its statement only with ANALYZE; the last of several counts. In doubt it runs. */
export function explainRuns(body: Node): boolean {
  let runs = false;
  for (const option of list(body.options)) {
    const [, element] = unwrap(option);
    if (element.defname !== 'analyze') continue;
    const [type, value] = unwrap(element.arg);
    const off =
      (type === 'Integer' && (value.ival ?? 0) === 0) ||
      (type === 'Boolean' && value.boolval !== true) ||
      /^(false|off)$/i.test(word(value.sval));
    runs = !off;
  }
  return runs;
}
