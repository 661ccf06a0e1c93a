/**
 * A question to the catalog: a query whose rows hold one JSON value each, and the shape that they have. Nothing of the
 * window stands in a query but oids, which are numbers; names of the scope go in as literals. PostgreSQL 14 to 18.
 */
import { z } from 'zod';
import { Fault } from '../../../../shared/errors.ts';

export interface CatalogQuestion<T> {
  readonly text: string;
  /** Throws where the rows do not have the shape; a Fault where there is no answer. */
  read(rows: readonly (readonly (string | null)[])[]): T;
}

const json = (row: readonly (string | null)[]): unknown => JSON.parse(row[0] ?? 'null');

/** Each row is one of the list. */
export const listOf = <T extends z.ZodType>(shape: T, text: string): CatalogQuestion<z.infer<T>[]> => ({
  text: text.trim(),
  read: (rows) => z.array(shape).parse(rows.map(json)),
});

/** One row, or a Fault `object_gone`. */
export const oneOf = <T extends z.ZodType>(shape: T, text: string): CatalogQuestion<z.infer<T>> => ({
  text: text.trim(),
  read(rows) {
    const [row] = rows;
    if (row === undefined) throw gone();
    return shape.parse(json(row));
  },
});

export const gone = (): Fault =>
  new Fault(
    'object_gone',
    'It is not in the database any more.',
    'It was dropped, or made anew under the same name. Read the schema again to find it.',
  );

/** A text as a literal of SQL, whatever `standard_conforming_strings` says. */
export const literal = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `e${quoted}` : quoted;
};

/** Which of the kinds of pg_class something is, in our words. */
export const kindOf = (column: string): string =>
  `case ${column} when 'r' then 'table' when 'p' then 'partitioned' when 'f' then 'foreign' when 'v' then 'view' when 'm' then 'materialized' when 'S' then 'sequence' end`;

/** Planner's estimate of a pg_class row; null when never analysed, and for views. */
export const rowsOf = (c: string): string =>
  `case when ${c}.relkind in ('v', 'S') or ${c}.reltuples < 0 then null else ${c}.reltuples::bigint end`;

/** Columns of the pg_class row `c` that the role may read; columns are only asked one by one where the table is not. */
export const readableOf = (c: string): string => `case
    when has_table_privilege(${c}.oid, 'select') then ${columnsOf(c)}
    when not has_any_column_privilege(${c}.oid, 'select') then 0
    else (select count(*) from pg_catalog.pg_attribute a where a.attrelid = ${c}.oid and a.attnum > 0
      and not a.attisdropped and has_column_privilege(${c}.oid, a.attnum, 'select')) end`;
export const columnsOf = (c: string): string =>
  `(select count(*) from pg_catalog.pg_attribute a where a.attrelid = ${c}.oid and a.attnum > 0 and not a.attisdropped)`;
export const writesOf = (c: string): string =>
  `${c}.relkind <> 'S' and (has_table_privilege(${c}.oid, 'insert, update, delete') or has_any_column_privilege(${c}.oid, 'insert, update'))`;
