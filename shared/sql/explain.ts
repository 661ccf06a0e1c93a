/** The EXPLAIN of a statement: which text asks for its plan, or why there is none. Pure. */
import type { Danger } from './danger.ts';
import { inspect } from './inspect.ts';
import { pieces } from './split.ts';
import { unwrap, walk } from './tree.ts';

export interface ExplainOptions {
  /** Run it and measure. */
  readonly analyze: boolean;
  /** Major version of the server, 14 and later. */
  readonly version: number;
}
export interface Explained {
  /** To be sent; the statement stands in it from `at`, and from `start` in the text that was asked about, UTF-16. */
  readonly text: string;
  readonly at: number;
  readonly start: number;
  /** What it does besides answering, as a person calls it: `UPDATE`, `nextval()`. */
  readonly effects: readonly string[];
  readonly writes: boolean;
  readonly danger: Danger | null;
}
export type NoPlan = 'nothing' | 'several' | 'explain' | 'utility' | 'parameters';

/** Nodes that EXPLAIN takes. PostgreSQL manual, "EXPLAIN". */
const planned = new Set(
  'SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt DeclareCursorStmt CreateTableAsStmt ExecuteStmt'.split(' '),
);

/** Of a text with one statement. One that does not parse is asked all the same: the gate or the server says what is wrong. */
export function explainOf(text: string, { analyze, version }: ExplainOptions): Explained | NoPlan {
  const found = [...pieces(text)].flat();
  const [only] = found;
  if (only === undefined) return 'nothing';
  if (found.length > 1) return 'several';
  const statement = text.slice(only.start, only.end);
  if (only.stmt === null)
    return { start: only.start, ...asked(statement, analyze, []), effects: [], writes: false, danger: null };
  const [name] = unwrap(only.stmt);
  if (name === 'ExplainStmt') return 'explain';
  if (!planned.has(name)) return 'utility';
  const generic = hasParameters(only.stmt);
  // GENERIC_PLAN came with 16, and has nothing to run.
  if (generic && (analyze || version < 16)) return 'parameters';
  const { effects, writes, dangerous } = inspect([{ stmt: only.stmt, start: 0 }]);
  return {
    start: only.start,
    ...asked(statement, analyze, generic ? ['generic_plan'] : []),
    effects: [...new Set(effects.map(({ what }) => what))],
    writes,
    danger: dangerous,
  };
}

function asked(statement: string, analyze: boolean, more: readonly string[]): Pick<Explained, 'text' | 'at'> {
  const options = [
    'format json',
    'verbose',
    'settings',
    'costs',
    ...(analyze ? ['analyze', 'buffers', 'wal', 'timing'] : []),
    ...more,
  ];
  const head = `explain (${options.join(', ')}) `;
  return { text: `${head}${statement}`, at: head.length };
}

function hasParameters(stmt: unknown): boolean {
  let found = false;
  walk(stmt, (name) => {
    found ||= name === 'ParamRef';
    return !found;
  });
  return found;
}
