/** Names of tables: the one that a query reads, and one that a person has typed. */
import { type Node, parse } from './parser.ts';
import { isNode, list, unwrap, word } from './tree.ts';

/** The only table of a plain query, as its parts (`["shop", "orders"]`); null where it reads none, or more than one. */
export function onlyTable(text: string): readonly string[] | null {
  const select = onlySelect(text);
  if (select === null || isNode(select.withClause)) return null;
  const [name, range] = onlyFrom(select);
  return name === 'RangeVar' ? partsOf(range) : null;
}

/** The parts of a name as it would stand in SQL (`shop."My table"`); null where it is anything but a name. */
export function tableParts(name: string): readonly string[] | null {
  const select = onlySelect(`select from ${name}`);
  if (select === null) return null;
  const clauses = Object.keys(select).filter((key) => key !== 'fromClause' && key !== 'limitOption' && key !== 'op');
  const [kind, range] = onlyFrom(select);
  const bare = clauses.length === 0 && kind === 'RangeVar' && !isNode(range.alias) && word(range.catalogname) === '';
  return bare ? partsOf(range) : null;
}

function onlySelect(text: string): Node | null {
  const parsed = parse(text);
  const [statement, ...more] = parsed.ok ? parsed.statements : [];
  if (statement === undefined || more.length > 0) return null;
  const [name, select] = unwrap(statement.stmt);
  return name === 'SelectStmt' ? select : null;
}

function onlyFrom(select: Node): readonly [string, Node] {
  const from = list(select.fromClause);
  return from.length === 1 ? unwrap(from[0]) : ['', {}];
}

function partsOf(range: Node): readonly string[] {
  return [word(range.schemaname), word(range.relname)].filter((part) => part !== '');
}
