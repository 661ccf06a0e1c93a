/** Which function is being called at the cursor, and which of its arguments is being written; or which value of VALUES. */
import type { CatalogueIndex } from './catalogue.ts';
import { chainAt, clausesOf } from './clauses.ts';
import { SPECIAL } from './functions.ts';
import { scopeAt } from './scope.ts';
import { tokenize } from './tokens.ts';
import { isName, isSymbol, isWord, type Level, placeOf } from './tree.ts';

export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Type of what comes back. */
  readonly result: string | null;
  readonly about: string | null;
}
export interface Signatures {
  readonly all: readonly Signature[];
  /** The first that takes as many arguments as are written. */
  readonly active: number;
  readonly parameter: number;
}

/** Null where no call is open. */
export function signatureAt(text: string, cursor: number, index: CatalogueIndex): Signatures | null {
  // A string or a number is an argument like any other.
  const place = placeOf(text, cursor) ?? placeOf(text, argumentStart(text, cursor));
  for (let level = place?.level ?? null; level !== null; level = level.parent) {
    if (level.parent === null) return null;
    const parameter = level.before.filter((node) => isSymbol(node, ',')).length;
    const all = called(level, level.parent, index) ?? inserted(level, level.parent, index, cursor);
    if (all === null || all.length === 0) continue;
    const takes = ({ parameters }: Signature) =>
      parameters.length > parameter ||
      parameters.at(-1)?.startsWith('VARIADIC') === true ||
      parameters.at(-1) === '...';
    return { all, active: Math.max(0, all.findIndex(takes)), parameter };
  }
  return null;
}

/** Of the string or number that the cursor is in, or directly behind. */
const argumentStart = (text: string, cursor: number): number =>
  tokenize(text, cursor).find(({ start, end }) => start < cursor && cursor <= end)?.start ?? cursor;

function called(level: Level, parent: Level, index: CatalogueIndex): readonly Signature[] | null {
  const name = parent.nodes[level.index - 1];
  if (!isName(name)) return null;
  const qualified = isSymbol(parent.nodes[level.index - 2], '.');
  const before = parent.nodes[level.index - 3];
  const schema = qualified && isName(before) ? before.name : null;
  const special = schema === null ? SPECIAL[name.name] : undefined;
  if (special !== undefined) {
    const [signature, , about] = special;
    const parameters = signature.slice(name.name.length + 1, -1).split(', ');
    return [{ name: name.name, parameters, result: null, about }];
  }
  const overloads = index.overloads(schema, name.name);
  return overloads === null
    ? null
    : overloads.all.map(({ arguments: parameters, result, comment }) => ({
        name: overloads.name,
        parameters,
        result,
        about: comment,
      }));
}

/** The columns that a row of VALUES fills. */
function inserted(level: Level, parent: Level, index: CatalogueIndex, cursor: number): readonly Signature[] | null {
  const before = parent.nodes.slice(0, level.index);
  const clauses = clausesOf(before);
  const insert = clauses.find(({ name }) => name === 'insert');
  if (insert === undefined || clauses.at(-1)?.name !== 'values' || isWord(before.at(-1), 'on')) return null;
  const { target } = scopeAt(parent, cursor, index).arm;
  if (target === null) return null;
  const list = before[chainAt(before, insert.from).next];
  const names =
    list?.kind === 'group'
      ? list.nodes.flatMap((node) => (isName(node) ? [node.name] : []))
      : target.columns.map(({ name }) => name);
  const parameters = names.map((name) => {
    const type = target.columns.find((column) => column.name === name)?.type ?? null;
    return type === null ? name : `${name} ${type}`;
  });
  return [{ name: `${target.name} values`, parameters, result: null, about: null }];
}
