/**
 * Ways along foreign keys from one cell of a result. The catalog is asked once for each table, with a record like every
 * other query of the app; what the statements then show is up to the person who opens them. (I1)
 */
import type { Link } from '../../../shared/ipc-results.ts';
import type { Introspection } from './introspection.ts';
import { alignOf } from './types.ts';
import type { Field, Origin } from './wire-client.ts';

/** One foreign key as one of its two tables sees it. */
export interface Key {
  readonly direction: Link['direction'];
  readonly constraint: string;
  /** The other table and its columns, quoted where they have to be. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Numbers of the columns of this table, in the same order. */
  readonly own: readonly number[];
  /** What the role may read of the other table: `*`, some columns, or null for nothing. */
  readonly readable: string | null;
}

/** Keys of one table, out of it and into it; one row for each column of each key. */
export const keysQuery = (table: number): string =>
  `
select d.direction, c.conname, pg_catalog.format('%I.%I', n.nspname, r.relname),
  pg_catalog.quote_ident(o.attname), d.own[k.i]::int,
  case when has_table_privilege(r.oid, 'select') then '*' else (
    select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum)
    from pg_catalog.pg_attribute a
    where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      and has_column_privilege(r.oid, a.attnum, 'select')
  ) end
from pg_catalog.pg_constraint c
cross join lateral (values
  ('out', c.conrelid, c.confrelid, c.conkey, c.confkey),
  ('in', c.confrelid, c.conrelid, c.confkey, c.conkey)
) d(direction, this, other, own, others)
cross join lateral pg_catalog.generate_subscripts(d.own, 1) k(i)
join pg_catalog.pg_class r on r.oid = d.other
join pg_catalog.pg_namespace n on n.oid = r.relnamespace
join pg_catalog.pg_attribute o on o.attrelid = d.other and o.attnum = d.others[k.i]
where c.contype = 'f' and c.conparentid = 0 and d.this = ${table}
order by d.direction desc, n.nspname, r.relname, c.conname, k.i`.trim();

export function keysOf(rows: readonly (readonly (string | null)[])[]): Key[] {
  const keys = new Map<string, Key & { columns: string[]; own: number[] }>();
  for (const [direction, constraint, table, column, own, readable] of rows) {
    const id = JSON.stringify([direction, table, constraint]);
    const key = keys.get(id) ?? {
      direction: direction === 'in' ? 'in' : 'out',
      constraint: constraint ?? '',
      table: table ?? '',
      columns: [],
      own: [],
      readable: readable ?? null,
    };
    key.columns.push(column ?? '');
    key.own.push(Number(own));
    keys.set(id, key);
  }
  return [...keys.values()];
}

/** The links of one cell: keys whose columns are all in this row. `values` are the row's, as text. */
export function linksOf(
  keys: readonly Key[],
  fields: readonly Field[],
  values: readonly (string | null)[],
  at: number,
): Link[] {
  const origin = fields[at]?.origin;
  if (origin === undefined) return [];
  return keys.flatMap((key) => {
    if (!key.own.includes(origin.column)) return [];
    const places = key.own.map((column) => (column === origin.column ? at : placeOf(fields, origin.table, column)));
    if (places.some((place) => place < 0)) return [];
    const { direction, constraint, table, columns, readable } = key;
    const terms = columns.map((column, n) => {
      const place = places[n] ?? at;
      const value = values[place] ?? null;
      return value === null ? null : `${column} = ${literal(value, fields[place]?.type ?? 0)}`;
    });
    const why = readable === null ? 'not_granted' : terms.includes(null) ? 'null' : null;
    const sql = why === null ? `select ${readable}\nfrom ${table}\nwhere ${terms.join('\n  and ')}` : null;
    return [{ direction, constraint, table, columns: [...columns], sql, why }];
  });
}

const placeOf = (fields: readonly Field[], table: number, column: number): number =>
  fields.findIndex(({ origin }) => origin?.table === table && origin.column === column);

/** Numbers as they are, everything else as a text that the column's type reads. */
function literal(value: string, type: number): string {
  if (alignOf(type) === 'right' && /^\d+(\.\d+)?$/.test(value)) return value;
  const quoted = `'${value.replaceAll("'", "''")}'`;
  // Said outright, so that it means the same under either setting of standard_conforming_strings.
  return value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

export class Links {
  readonly #introspection: Pick<Introspection, 'query'>;
  readonly #known = new Map<number, Promise<readonly Key[]>>();
  constructor(introspection: Pick<Introspection, 'query'>) {
    this.#introspection = introspection;
  }

  /** Rejects like {@link Introspection.query}. */
  async of(fields: readonly Field[], values: readonly (string | null)[], column: number): Promise<Link[]> {
    const origin = fields[column]?.origin;
    return origin === undefined ? [] : linksOf(await this.#keys(origin), fields, values, column);
  }

  #keys({ table }: Origin): Promise<readonly Key[]> {
    const known = this.#known.get(table);
    if (known !== undefined) return known;
    const asked = this.#introspection.query(keysQuery(table)).then(keysOf);
    this.#known.set(table, asked);
    // Asked again the next time.
    asked.catch(() => this.#known.delete(table));
    return asked;
  }
}
