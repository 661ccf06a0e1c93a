/** Names from the catalog in SQL; on the screen they go through `shared/visible.ts`. Anybody may have chosen them. Pure. */
import { sqlName } from '../../shared/sql/names.ts';

/** `shop.orders`, quoted where it has to be. */
export const qualifiedName = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${sqlName(schema)}.${sqlName(name)}`;

/** Rows that a first look shows. */
const SAMPLE = 100;

/** A look at the first rows, of the columns that may be read; null where none may. */
export function sampleSql(
  of: { readonly schema: string; readonly name: string },
  columns: readonly { readonly name: string; readonly allowed: boolean }[],
): string | null {
  const allowed = columns.filter((column) => column.allowed);
  if (allowed.length === 0) return null;
  const list = allowed.length === columns.length ? '*' : allowed.map(({ name }) => sqlName(name)).join(', ');
  return `select ${list}\nfrom ${qualifiedName(of)}\nlimit ${SAMPLE}`;
}

/**
 * The relation that a name in the editor means: `orders`, `shop.orders`, `"Odd one"`. A bare name that stands in several
 * schemas means the first of them.
 */
export function named<R extends { readonly schema: string; readonly name: string }>(
  text: string,
  relations: readonly R[],
): R | null {
  const parts = [...text.matchAll(/"((?:[^"]|"")*)"|([^.\s"]+)/gu)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '').toLowerCase() : quoted.replaceAll('""', '"'),
  );
  const [first, second] = parts;
  if (first === undefined) return null;
  return (
    relations.find(({ schema, name }) => schema === first && name === second) ??
    relations.find(({ name }) => name === first && second === undefined) ??
    // `orders.status`: the table of a column.
    relations.find(({ name }) => name === first) ??
    null
  );
}
