/**
 * What the window may ask of the catalog: the lines of the tree, the sections of an object's page, the neighbourhood of a
 * table. An object is named by its oid, a number that main can put into a query; names only ever come back, as text. Every
 * answer is one catalog query through the relay, with its record. (I1, I2)
 */
import { z } from 'zod';

const name = z.string();
const comment = z.string().nullable();
/** Of pg_class, pg_proc or pg_type. */
export const oid = z.int().min(1).max(4_294_967_295);
/** How many of the columns this grant lets one do it with. */
const extent = z.enum(['all', 'some', 'none']);

export const relationKind = z.enum(['table', 'partitioned', 'foreign', 'view', 'materialized', 'sequence']);
export type RelationKind = z.infer<typeof relationKind>;

export const relation = z.strictObject({
  oid,
  schema: name,
  name,
  kind: relationKind,
  comment,
  /** Planner's estimate; null when never analysed. */
  rows: z.number().nullable(),
  columns: z.int(),
  /** Columns that this grant lets one read. */
  readable: z.int(),
  /** This grant lets one insert, update or delete in it. */
  writes: z.boolean(),
});
export type Relation = z.infer<typeof relation>;

/** A function, procedure or aggregate, or a type of one's own. */
export const schemaItem = z.strictObject({
  oid,
  schema: name,
  name,
  kind: z.enum(['function', 'procedure', 'aggregate', 'window', 'enum', 'composite', 'domain', 'range']),
  /** Arguments of a function; the values of an enum; what a domain is based on. */
  detail: z.string(),
  comment,
  allowed: z.boolean(),
});
export type SchemaItem = z.infer<typeof schemaItem>;

export const treeColumn = z.strictObject({
  relation: oid,
  name,
  type: z.string(),
  pk: z.boolean(),
  /** `schema.table` that it references. */
  references: z.string().nullable(),
  comment,
  allowed: z.boolean(),
});
export type TreeColumn = z.infer<typeof treeColumn>;

export const schemaTree = z.strictObject({
  schemas: z.array(z.strictObject({ name, comment, usable: z.boolean() })),
  relations: z.array(relation),
});
export type SchemaTree = z.infer<typeof schemaTree>;

const target = z.strictObject({ oid, schema: name, name });
export type Target = z.infer<typeof target>;

const overview = z.strictObject({
  section: z.literal('overview'),
  ...relation.shape,
  owner: name,
  /** As the server writes it; null when never. */
  analyzed: z.string().nullable(),
  may: z.strictObject({ select: extent, insert: extent, update: extent, delete: z.boolean() }),
  /** Row security filters what one sees of it. */
  filtered: z.boolean(),
  partition_of: target.nullable(),
  /** `RANGE (at)` of a partitioned table. */
  partition_key: z.string().nullable(),
});
const size = z.strictObject({
  section: z.literal('size'),
  /** Bytes. */
  table: z.number(),
  indexes: z.number(),
  toast: z.number(),
});
const columns = z.strictObject({
  section: z.literal('columns'),
  list: z.array(
    z.strictObject({
      name,
      type: z.string(),
      nullable: z.boolean(),
      /** Expression of its default, or of a generated column. */
      default: z.string().nullable(),
      generated: z.enum(['stored', 'virtual', 'identity']).nullable(),
      comment,
      pk: z.boolean(),
      references: target.nullable(),
      select: z.boolean(),
      insert: z.boolean(),
      update: z.boolean(),
    }),
  ),
});
const keys = z.strictObject({
  section: z.literal('keys'),
  list: z.array(
    z.strictObject({
      name,
      kind: z.enum(['primary', 'unique', 'foreign', 'check', 'exclusion', 'trigger']),
      definition: z.string(),
      valid: z.boolean(),
      /** The other table of a foreign key. */
      target: target.nullable(),
      /** It is a foreign key of that other table. */
      incoming: z.boolean(),
    }),
  ),
});
const indexes = z.strictObject({
  section: z.literal('indexes'),
  list: z.array(
    z.strictObject({
      name,
      definition: z.string(),
      /** Bytes. */
      size: z.number(),
      scans: z.number().nullable(),
      valid: z.boolean(),
      unique: z.boolean(),
      primary: z.boolean(),
    }),
  ),
});
const triggers = z.strictObject({
  section: z.literal('triggers'),
  list: z.array(z.strictObject({ name, definition: z.string(), enabled: z.boolean(), function: target })),
});
const dependencies = z.strictObject({
  section: z.literal('dependencies'),
  list: z.array(
    z.strictObject({
      direction: z.enum(['uses', 'used_by']),
      kind: z.enum([...relationKind.options, 'function', 'type']),
      target,
      /** Foreign key, view, trigger, default, index … that makes it so. */
      through: z.string(),
    }),
  ),
});
const partitions = z.strictObject({
  section: z.literal('partitions'),
  list: z.array(
    z.strictObject({
      target,
      bound: z.string(),
      rows: z.number().nullable(),
      /** Bytes. */
      size: z.number(),
    }),
  ),
});
const definition = z.strictObject({
  section: z.literal('definition'),
  /** SQL that makes it anew. */
  text: z.string(),
});
const routine = z.strictObject({
  section: z.literal('function'),
  schema: name,
  name,
  arguments: z.string(),
  /** Null for a procedure. */
  result: z.string().nullable(),
  language: name,
  owner: name,
  volatility: z.enum(['immutable', 'stable', 'volatile']),
  /** It runs with the rights of its owner. */
  definer: z.boolean(),
  comment,
  allowed: z.boolean(),
  definition: z.string(),
});

const type = z.strictObject({
  section: z.literal('type'),
  schema: name,
  name,
  kind: z.enum(['enum', 'composite', 'domain', 'range', 'base']),
  comment,
  owner: name,
  /** It may be named in a statement, such as in a cast. */
  allowed: z.boolean(),
  /** SQL that makes it anew; empty for one that is written in another language. */
  definition: z.string(),
  /** Columns, functions and other types that have it, or an array of it. */
  used: z.array(
    z.strictObject({
      kind: z.enum([...relationKind.options, 'function', 'type']),
      target,
      /** The column, or in which way. */
      through: z.string(),
    }),
  ),
});

export const section = z.discriminatedUnion('section', [
  overview,
  size,
  columns,
  keys,
  indexes,
  triggers,
  dependencies,
  partitions,
  definition,
  routine,
  type,
]);
export type Section = z.infer<typeof section>;
export type SectionName = Section['section'];
export type SectionOf<N extends SectionName> = Extract<Section, { section: N }>;
export const sectionName = z.enum([
  'overview',
  'size',
  'columns',
  'keys',
  'indexes',
  'triggers',
  'dependencies',
  'partitions',
  'definition',
  'function',
  'type',
]);

export const neighbours = z.strictObject({
  tables: z.array(
    z.strictObject({
      ...target.shape,
      readable: extent,
      /** Columns of its keys. */
      columns: z.array(z.strictObject({ name, type: z.string(), pk: z.boolean(), fk: z.boolean() })),
    }),
  ),
  edges: z.array(
    z.strictObject({
      name,
      from: oid,
      to: oid,
      columns: z.array(name),
      /** At most one row of `from` for each of `to`. */
      unique: z.boolean(),
      /** A row of `from` may have none in `to`. */
      optional: z.boolean(),
    }),
  ),
  /** There are more tables than are shown. */
  cut: z.boolean(),
});
export type Neighbours = z.infer<typeof neighbours>;

const call = <A extends z.ZodType, V extends z.ZodType>(args: A, value: V) => ({ args, value });
export const schemaCalls = {
  /** Schemas and what rows come from in them; columns, functions and types are asked for when they are wanted. */
  readTree: call(z.tuple([]), schemaTree),
  /** Of these relations; of all with null, for a search. */
  readColumns: call(z.tuple([z.array(oid).max(500).nullable()]), z.array(treeColumn)),
  readItems: call(z.tuple([z.enum(['functions', 'types'])]), z.array(schemaItem)),
  /** One section of an object's page. Refused with `object_gone` where it was dropped meanwhile. */
  readSection: call(z.tuple([z.strictObject({ oid, section: sectionName })]), section),
  /** The tables at most so many foreign keys away. */
  readNeighbours: call(z.tuple([z.strictObject({ oid, hops: z.union([z.literal(1), z.literal(2)]) })]), neighbours),
} as const;
