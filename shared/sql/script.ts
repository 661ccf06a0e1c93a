/**
 * A text as the editor runs it: its statements, and of each what has to be known before anything is sent. All of it is
 * read from the parse tree; of a statement that does not parse nothing is known, and the gate will say so.
 */
import { isCopyIn, type TransactionControl, transactionOf } from './classify.ts';
import type { Danger } from './danger.ts';
import { inspect } from './inspect.ts';
import type { Node } from './parser.ts';
import { pieces, type StatementRange } from './split.ts';
import { isNode, list, unwrap, word } from './tree.ts';

/** BEGIN, COMMIT, SAVEPOINT and their like. */
export interface TransactionStep {
  readonly kind: TransactionControl;
  /** Of a savepoint. */
  readonly name: string | null;
  /** AND CHAIN: what it ends is followed by a new transaction at once. */
  readonly chain: boolean;
}
export interface ScriptStatement extends StatementRange {
  readonly danger: Danger | null;
  readonly step: TransactionStep | null;
  /** The command that the server refuses inside a transaction block (`VACUUM`); null for every other one. */
  readonly alone: string | null;
  /** It asks for COPY data, which the editor has not. */
  readonly copyIn: boolean;
  /** Changes nothing as far as its text shows. */
  readonly reads: boolean;
}

/** The statements of a text, some at a time: whoever has something else to do may do it in between. */
export function* readScript(text: string): Generator<readonly ScriptStatement[]> {
  for (const found of pieces(text)) yield found.map(({ start, end, stmt }) => ({ start, end, ...factsOf(stmt) }));
}

/** What a text of one statement does with the transaction; null where it does nothing with it. */
export function transactionStep(text: string): TransactionStep | null {
  for (const [first] of pieces(text)) return first?.stmt == null ? null : stepOf(first.stmt);
  return null;
}

const readers = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt']);

function factsOf(stmt: Node | null): Omit<ScriptStatement, keyof StatementRange> {
  if (stmt === null) return { danger: null, step: null, alone: null, copyIn: false, reads: false };
  const deeds = inspect([{ stmt, start: 0 }]);
  return {
    danger: deeds.dangerous,
    step: stepOf(stmt),
    alone: aloneOf(stmt),
    copyIn: isCopyIn(stmt),
    reads: readers.has(unwrap(stmt)[0]) && !deeds.writes,
  };
}

function stepOf(stmt: Node): TransactionStep | null {
  const kind = transactionOf(stmt);
  if (kind === null) return null;
  const [, body] = unwrap(stmt);
  const name = word(body.savepoint_name);
  return { kind, name: name === '' ? null : name, chain: body.chain === true };
}

const always: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
};

/** Where the server calls PreventInTransactionBlock, as far as a text shows it. */
function aloneOf(stmt: Node): string | null {
  const [name, body] = unwrap(stmt);
  const named = always[name];
  if (named !== undefined) return named;
  switch (name) {
    case 'VacuumStmt':
      return body.is_vacuumcmd === true ? 'VACUUM' : null;
    case 'ClusterStmt':
      return isNode(body.relation) ? null : 'CLUSTER of all tables';
    case 'IndexStmt':
      return body.concurrent === true ? 'CREATE INDEX CONCURRENTLY' : null;
    case 'DropStmt':
      return body.concurrent === true ? 'DROP INDEX CONCURRENTLY' : null;
    case 'ReindexStmt':
      if (/_(SCHEMA|SYSTEM|DATABASE)$/.test(word(body.kind))) return 'REINDEX of a whole schema or database';
      return isOn(body.params, 'concurrently') ? 'REINDEX CONCURRENTLY' : null;
    case 'DiscardStmt':
      return body.target === 'DISCARD_ALL' ? 'DISCARD ALL' : null;
    case 'AlterDatabaseStmt':
      return isOn(body.options, 'tablespace') ? 'ALTER DATABASE … SET TABLESPACE' : null;
    case 'AlterTableStmt':
      return list(body.cmds).some(detachesConcurrently) ? 'DETACH PARTITION … CONCURRENTLY' : null;
    default:
      return null;
  }
}

/** Named among the options, and not switched off; the last of several counts. */
function isOn(options: unknown, name: string): boolean {
  const found = list(options)
    .map((option) => unwrap(option)[1])
    .findLast((option) => option.defname === name);
  if (found === undefined) return false;
  const [type, value] = unwrap(found.arg);
  // libpg-query leaves a zero and a false out.
  if (type === 'Integer') return typeof value.ival === 'number' && value.ival !== 0;
  if (type === 'Boolean') return value.boolval === true;
  return !/^(false|off|0|no|n|f)$/i.test(word(value.sval));
}

function detachesConcurrently(command: unknown): boolean {
  const [, body] = unwrap(command);
  const [, partition] = unwrap(body.def);
  return body.subtype === 'AT_DetachPartition' && partition.concurrent === true;
}
