/** What a text really is, by the parse tree: the facts that the gate decides on and the log records. */
import type { StatementKind } from '../audit/records.ts';
import { type Danger, dangerOf } from './danger.ts';
import { leavesFence } from './fence.ts';
import { normalise } from './normalise.ts';
import { fingerprint, type Node, parse, type RawStatement } from './parser.ts';
import { utf16OfCodePoint } from './split.ts';
import { isNode, list, stringOf, unwrap, walk, word } from './tree.ts';

export type TransactionControl = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback_to' | 'prepare';

export interface Classified {
  readonly kind: StatementKind;
  /** Top-level statements. */
  readonly n: number;
  /** 16 hex digits; null where the text does not parse. */
  readonly fp: string | null;
  readonly norm: string | null;
  /** As written, `schema.table` or `table`; names of CTEs left out. */
  readonly tables: readonly string[];
  /** Changes data or definitions, as far as the text shows: what a function, DO block or EXECUTE does is not seen. */
  readonly writes: boolean;
  /** A shape that asks for a confirmation; the worst one of the text. */
  readonly dangerous: Danger | null;
  readonly transaction: TransactionControl | null;
  /** The server will ask for COPY data from the client. */
  readonly copyIn: boolean;
  /** The setting with which the text would leave the grant's fence; null when it stays inside. */
  readonly fence: string | null;
  /** Why it does not parse; the position is a UTF-16 offset. */
  readonly error: { readonly message: string; readonly position: number | null } | null;
}

const nothing = {
  n: 0,
  fp: null,
  norm: null,
  tables: [],
  writes: false,
  dangerous: null,
  transaction: null,
  copyIn: false,
  fence: null,
  error: null,
} as const;

/** Never throws; a text that the parser cannot read is `unparsed` with the reason. */
export function classify(text: string): Classified {
  const parsed = parse(text);
  if (!parsed.ok) {
    const position = parsed.position === null ? null : utf16OfCodePoint(text, parsed.position);
    // libpg-query leaves the message empty when its own memory ran out.
    return { ...nothing, kind: 'unparsed', error: { message: parsed.message || 'does not parse', position } };
  }
  const { statements } = parsed;
  const kinds = statements.map((statement) => kindOf(statement.stmt));
  const [first] = statements;
  if (first === undefined) return { ...nothing, kind: 'empty' };
  const only = statements.length === 1;
  return {
    kind: only ? (kinds[0] ?? 'utility') : 'multi',
    n: statements.length,
    fp: fingerprint(text),
    norm: normalise(text, kinds),
    tables: tablesOf(statements),
    writes: statements.some(({ stmt }) => writes(stmt)),
    dangerous: statements.map(({ stmt }) => dangerOf(stmt)).find((danger) => danger !== null) ?? null,
    transaction: only ? transactionOf(first.stmt) : null,
    copyIn: statements.some(({ stmt }) => isCopyIn(stmt)),
    fence: statements.map(({ stmt }) => leavesFence(stmt)).find((setting) => setting !== null) ?? null,
    error: null,
  };
}

const kinds: Readonly<Record<string, StatementKind>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
  CopyStmt: 'copy',
  TransactionStmt: 'transaction',
  VariableSetStmt: 'set',
  ExplainStmt: 'explain',
  PrepareStmt: 'prepare',
  ExecuteStmt: 'execute',
  CallStmt: 'call',
  DoStmt: 'do',
};
/** Definition statements whose node does not begin with Create, Alter or Drop. */
const definitions = new Set(
  'TruncateStmt RenameStmt CommentStmt GrantStmt GrantRoleStmt IndexStmt ViewStmt RuleStmt DefineStmt CompositeTypeStmt SecLabelStmt RefreshMatViewStmt ReassignOwnedStmt ImportForeignSchemaStmt'.split(
    ' ',
  ),
);

export function kindOf(stmt: Node): StatementKind {
  const [name, body] = unwrap(stmt);
  if (name === 'SelectStmt') return isNode(body.intoClause) ? 'ddl' : 'select';
  const known = kinds[name];
  if (known !== undefined) return known;
  return definitions.has(name) || /^(Create|Alter|Drop)/.test(name) ? 'ddl' : 'utility';
}

/** EXPLAIN runs its statement only with ANALYZE; the last of several options counts. */
function explainRuns(body: Node): boolean {
  let runs = false;
  for (const option of list(body.options)) {
    const [, element] = unwrap(option);
    if (element.defname !== 'analyze') continue;
    const [type, value] = unwrap(element.arg);
    const off =
      (type === 'Integer' && (value.ival ?? 0) === 0) ||
      (type === 'Boolean' && value.boolval !== true) ||
      /^(false|off|0|no|f|n)$/i.test(word(value.sval));
    runs = type === '' || !off;
  }
  return runs;
}

function writes(stmt: Node): boolean {
  let found = false;
  walk(stmt, (name, body) => {
    if (name === 'ExplainStmt' && !explainRuns(body)) return false;
    if (name === 'InsertStmt' || name === 'UpdateStmt' || name === 'DeleteStmt' || name === 'MergeStmt') found = true;
    else if (name === 'SelectStmt' && isNode(body.intoClause)) found = true;
    else if (name === 'CopyStmt' && body.is_from === true) found = true;
    else if (definitions.has(name) || /^(Create|Alter|Drop)\w*Stmt$/.test(name)) found = true;
    return !found;
  });
  return found;
}

function tablesOf(statements: readonly RawStatement[]): readonly string[] {
  const tables = new Set<string>();
  for (const { stmt } of statements) {
    const common = new Set<string>();
    walk(stmt, (name, body) => {
      if (name === 'CommonTableExpr') common.add(word(body.ctename));
      return true;
    });
    walk(stmt, (_name, body) => {
      // A RangeVar stands bare (`relation: {relname}`) or wrapped (`{RangeVar: {relname}}`).
      const table = word(body.relname);
      const schema = word(body.schemaname);
      if (table !== '' && (schema !== '' || !common.has(table)))
        tables.add(schema === '' ? table : `${schema}.${table}`);
      if (isNode(body) && body.removeType === 'OBJECT_TABLE')
        for (const object of list(body.objects)) tables.add(list(unwrap(object)[1].items).map(stringOf).join('.'));
      return true;
    });
  }
  return [...tables];
}

const controls: Readonly<Record<string, TransactionControl>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'release',
  TRANS_STMT_ROLLBACK_TO: 'rollback_to',
  TRANS_STMT_PREPARE: 'prepare',
  TRANS_STMT_COMMIT_PREPARED: 'commit',
  TRANS_STMT_ROLLBACK_PREPARED: 'rollback',
};
function transactionOf(stmt: Node): TransactionControl | null {
  const [name, body] = unwrap(stmt);
  return name === 'TransactionStmt' ? (controls[word(body.kind)] ?? null) : null;
}

function isCopyIn(stmt: Node): boolean {
  const [name, body] = unwrap(stmt);
  return name === 'CopyStmt' && body.is_from === true && word(body.filename) === '';
}
