/** What the editor of the gallery knows of the database: the tables of `data.ts`, with comments, keys and functions. */
import type { Catalogue, CatalogueFunction } from '../../shared/ipc-completion.ts';
import { shopTables } from './shop.ts';

const comments: Readonly<Record<string, string>> = {
  orders: 'One row for each order, the newest last.',
  status: 'Set by the fulfilment workers. <b>Not</b> [HTML](https://vitrine.example).',
  customers: 'People who buy. Personal data: name, email, phone, address.',
};

const call = (name: string, args: string[], result: string, comment: string): CatalogueFunction => ({
  schema: 'pg_catalog',
  name,
  kind: 'function',
  arguments: args,
  result,
  set: false,
  comment,
  allowed: true,
});

export const catalogue: Catalogue = {
  searchPath: ['pg_catalog', 'public'],
  schemas: [{ name: 'shop', comment: 'The online shop' }],
  tables: shopTables.map(({ select, columns, ...table }) => ({
    ...table,
    comment: comments[table.name] ?? null,
    columns: columns.map(({ references: _, ...column }) => ({
      ...column,
      allowed: column.allowed && select !== 'none',
      comment: comments[column.name] ?? null,
    })),
  })),
  foreignKeys: [
    {
      schema: 'shop',
      table: 'orders',
      columns: ['customer_id'],
      toSchema: 'shop',
      toTable: 'customers',
      toColumns: ['id'],
    },
  ],
  functions: [
    call('date_trunc', ['text', 'timestamp with time zone'], 'timestamp with time zone', 'truncate to a unit'),
    call('date_trunc', ['text', 'interval'], 'interval', 'truncate interval to a unit'),
    call('date_part', ['text', 'timestamp with time zone'], 'double precision', 'extract a field'),
  ],
  types: [{ schema: 'shop', name: 'order_status', comment: null, labels: ['placed', 'paid', 'processing'] }],
};
