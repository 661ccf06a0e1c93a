/**
 * INSERT statements, a hundred rows each. Literals are untyped texts, which PostgreSQL reads as the column's own type, so
 * that no value needs a cast; numbers and booleans stand bare. With standard strings, the default since 9.1, a backslash
 * is only a backslash.
 */
import { type Cell, type Columns, eachCell, type Format, types } from './format.ts';
import { uniqueNames } from './json.ts';
import type { Out } from './out.ts';

const ROWS = 100;
/** Bytes after which a statement ends all the same. */
const LONG = 1024 * 1024;
const QUOTE = 0x27;

/** `table`: the parts of its name, as they stand in the catalog. */
export function insert(columns: Columns, table: readonly string[]): Format {
  // A list of columns may name each once.
  const names = uniqueNames(columns.map(({ name }) => name))
    .map(quoteIdentifier)
    .join(', ');
  const into = `insert into ${table.map(quoteIdentifier).join('.')}`;
  const cells = columns.map(({ type }) => literalOf(type));
  let open = 0;
  let begun = 0;
  const end = (out: Out): void => {
    if (open > 0) out.text(';\n');
    open = 0;
  };
  return {
    most: null,
    head() {},
    row(out, body) {
      if (columns.length === 0) {
        out.text(`${into} default values;\n`);
        return;
      }
      if (open === 0) {
        begun = out.total;
        out.text(`${into} (${names}) values\n  (`);
      } else out.text(',\n  (');
      eachCell(body, (index, from, to) => {
        if (index > 0) out.text(', ');
        if (from < 0) out.text('null');
        else (cells[index] ?? text)(out, body, from, to);
      });
      out.byte(0x29);
      if (++open === ROWS || out.total - begun > LONG) end(out);
    },
    tail: (out) => end(out),
  };
}

/** Always in quotes: a list of the words that need them would differ from version to version. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** How a value of this type is written in SQL. */
export function literalOf(type: number): Cell {
  if (type === types.bool) return (out, body, from) => out.text(body[from] === 0x74 ? 'true' : 'false');
  return types.exact.has(type) || types.float.has(type) ? number : text;
}

/** NaN and infinities are texts; so is `-0`, which would lose its sign as the integer that it looks like. */
const number: Cell = (out, body, from, to) => {
  const negative = body[from] === 0x2d;
  const first = body[negative ? from + 1 : from] ?? 0;
  const bare = first >= 0x30 && first <= 0x39 && !(negative && first === 0x30 && to - from === 2);
  if (bare) out.bytes(body, from, to);
  else text(out, body, from, to);
};

const text: Cell = (out, body, from, to) => out.quoted(QUOTE, body, from, to);
