/**
 * A list for IN: `(1, 2, 3)`, or of rows where there are several columns. Each value once, as a list for IN is a set; rows with
 * NULL are left out, for they equal nothing. An empty list is not SQL: it is `(null)` then, which nothing is in.
 */
import { type Columns, eachCell, type Format } from './format.ts';
import { literalOf } from './insert.ts';

export function inList(columns: Columns): Format {
  const literals = columns.map(({ type }) => literalOf(type));
  const several = columns.length > 1;
  const seen = new Set<string>();
  return {
    most: null,
    head: (out) => out.text('('),
    row(out, body) {
      // Bytes as they are: texts that are no UTF-8 must not become the same.
      const key = body.toString('latin1');
      if (seen.has(key) || holdsNull(body)) return;
      if (seen.size > 0) out.text(', ');
      seen.add(key);
      if (several) out.text('(');
      eachCell(body, (index, from, to) => {
        if (index > 0) out.text(', ');
        literals[index]?.(out, body, from, to);
      });
      if (several) out.text(')');
    },
    tail: (out) => out.text(seen.size === 0 ? 'null)' : ')'),
  };
}

function holdsNull(body: Buffer): boolean {
  let found = false;
  eachCell(body, (_index, from) => {
    if (from < 0) found = true;
  });
  return found;
}
