/** What a text really is, by the parse tree: the facts that the gate decides on and the log records. */
import type { StatementKind } from '../audit/records.ts';
import { type Deeds, inspect } from './inspect.ts';
import { normalise } from './normalise.ts';
import { fingerprint, type Node, parse } from './parser.ts';
import { utf16OfCodePoint } from './split.ts';
import { constantsLookedAt, isNode, unwrap, word } from './tree.ts';

export type TransactionControl = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback_to' | 'prepare';

export interface Classified extends Deeds {
  readonly kind: StatementKind;
  /** Top-level statements. */
  readonly n: number;
  /** 16 hex digits; null where the text does not parse. */
  readonly fp: string | null;
  readonly norm: string | null;
  readonly transaction: TransactionControl | null;
  /** The server will ask for COPY data from the client. */
  readonly copyIn: boolean;
  /**
   * Something here may depend on the value of a constant in the text, or it is not known that nothing does. When false,
   * all of this but the places of what it names holds for every text of the same shape (`shape.ts`).
   */
  readonly literalsMatter: boolean;
  /** Why it does not parse; the position is a UTF-16 offset. */
  readonly error: { readonly message: string; readonly position: number | null } | null;
}

const nothing = {
  n: 0,
  fp: null,
  norm: null,
  tables: [],
  writes: false,
  effects: [],
  functions: [],
  settings: [],
  names: [],
  dangerous: null,
  transaction: null,
  copyIn: false,
  literalsMatter: true,
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
  if (first === undefined) return { ...nothing, kind: 'empty', fp: fingerprint(text) };
  const only = statements.length === 1;
  const kind = only ? (kinds[0] ?? 'utility') : 'multi';
  const looked = constantsLookedAt();
  const facts = {
    kind,
    n: statements.length,
    fp: fingerprint(text),
    norm: normalise(text, kinds),
    ...inspect(statements),
    transaction: only ? transactionOf(first.stmt) : null,
    copyIn: statements.some(({ stmt }) => isCopyIn(stmt)),
    error: null,
  };
  return { ...facts, literalsMatter: !plain.has(kind) || constantsLookedAt() !== looked };
}

/** Kinds whose text is all grammar and expressions; the others have constants that are more than values. */
const plain: ReadonlySet<StatementKind> = new Set(['select', 'insert', 'update', 'delete']);

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
  if (name === 'SelectStmt') return makesTable(body) ? 'ddl' : 'select';
  const known = kinds[name];
  if (known !== undefined) return known;
  return definitions.has(name) || /^(Create|Alter|Drop)/.test(name) ? 'ddl' : 'utility';
}

/** SELECT INTO, also as the first arm of a UNION. */
function makesTable(select: Node): boolean {
  let arm: unknown = select;
  while (isNode(arm)) {
    if (isNode(arm.intoClause)) return true;
    arm = arm.larg;
  }
  return false;
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
export function transactionOf(stmt: Node): TransactionControl | null {
  const [name, body] = unwrap(stmt);
  return name === 'TransactionStmt' ? (controls[word(body.kind)] ?? null) : null;
}

export function isCopyIn(stmt: Node): boolean {
  const [name, body] = unwrap(stmt);
  return name === 'CopyStmt' && body.is_from === true && word(body.filename) === '';
}
