/**
 * What the editor knows of the database while somebody types: names, types and comments, never a row; part of `ipc.ts`.
 * All of it is the server's text and is shown as text. `allowed` is what the role of this grant may do, as the server says.
 */
import { z } from 'zod';

export const catalogueColumn = z.strictObject({
  name: z.string(),
  type: z.string(),
  comment: z.string().nullable(),
  pk: z.boolean(),
  nullable: z.boolean(),
  allowed: z.boolean(),
});
export type CatalogueColumn = z.infer<typeof catalogueColumn>;

export const catalogueTable = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'view', 'partitioned']),
  /** Planner's estimate; null when never analysed. */
  rows: z.number().nullable(),
  comment: z.string().nullable(),
  /** The role may insert, update or delete something in it. */
  writes: z.boolean(),
  columns: z.array(catalogueColumn),
});
export type CatalogueTable = z.infer<typeof catalogueTable>;

/** `columns[i]` of `table` references `toColumns[i]` of `toTable`. */
export const foreignKey = z.strictObject({
  schema: z.string(),
  table: z.string(),
  columns: z.array(z.string()),
  toSchema: z.string(),
  toTable: z.string(),
  toColumns: z.array(z.string()),
});
export type ForeignKey = z.infer<typeof foreignKey>;

/** One overload. */
export const catalogueFunction = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['function', 'aggregate', 'window', 'procedure']),
  /** Each as the server writes it: `VARIADIC items anyarray`, `step interval DEFAULT '1 day'`. */
  arguments: z.array(z.string()),
  /** Null for a procedure. */
  result: z.string().nullable(),
  /** It answers with rows, as `generate_series` does. */
  set: z.boolean(),
  comment: z.string().nullable(),
  allowed: z.boolean(),
});
export type CatalogueFunction = z.infer<typeof catalogueFunction>;

export const catalogueType = z.strictObject({
  schema: z.string(),
  /** As one writes it: `integer`, `timestamp with time zone`. */
  name: z.string(),
  comment: z.string().nullable(),
  /** Of an enum, in order. */
  labels: z.array(z.string()),
});
export type CatalogueType = z.infer<typeof catalogueType>;

export const catalogue = z.strictObject({
  /** Schemas whose objects need no qualification, in order. */
  searchPath: z.array(z.string()),
  schemas: z.array(z.strictObject({ name: z.string(), comment: z.string().nullable() })),
  tables: z.array(catalogueTable),
  foreignKeys: z.array(foreignKey),
  functions: z.array(catalogueFunction),
  types: z.array(catalogueType),
});
export type Catalogue = z.infer<typeof catalogue>;

export const completionCalls = {
  /** Read behind the user's statements; an error where there is no connection. */
  getCatalogue: { args: z.tuple([]), value: catalogue },
} as const;
