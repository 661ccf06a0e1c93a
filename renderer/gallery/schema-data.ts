/** A catalog for the gallery: the shop of the other scenes, its pages, and names that nobody should choose. */
import type {
  Neighbours,
  Relation,
  SchemaItem,
  SchemaTree,
  SectionName,
  SectionOf,
  TreeColumn,
} from '../../shared/ipc-schema.ts';
import type { Known } from '../schema/tree.ts';
import { shopTables } from './shop.ts';

const FIRST = 16_400;
const relation = (name: string, n: number, part: Partial<Relation> = {}): Relation => ({
  oid: FIRST + n,
  schema: 'shop',
  name,
  kind: 'table',
  comment: null,
  rows: null,
  columns: 2,
  readable: 2,
  writes: false,
  ...part,
});
const comments: Readonly<Record<string, string>> = {
  orders: 'One row for each order. Stuck ones have the status processing for hours.',
};
const tables = shopTables.map((table, n) =>
  relation(table.name, n, {
    kind: table.kind === 'view' ? 'view' : 'table',
    rows: table.rows,
    columns: table.columns.length,
    readable: table.select === 'none' ? 0 : table.columns.filter(({ allowed }) => allowed).length,
    comment: comments[table.name] ?? null,
  }),
);
const HOSTILE = 'a"b\n<img src=x onerror=alert(1)>\u202egpj.exe';
export const tree: SchemaTree = {
  schemas: [{ name: 'shop', comment: 'The online shop', usable: true }],
  relations: [
    ...tables,
    relation('daily_totals', 50, { kind: 'materialized', rows: 840, columns: 3, readable: 3 }),
    relation('orders_id_seq', 51, { kind: 'sequence', columns: 3, readable: 0 }),
  ],
};
export const hostileTree: SchemaTree = {
  schemas: [{ name: 'shop', comment: null, usable: true }],
  relations: [
    relation(HOSTILE, 1, { comment: '<b>not bold</b>\u202e' }),
    relation('الطلبات', 2, { rows: 1200 }),
    relation('a_name_that_is_as_long_as_postgresql_lets_a_name_be_63_bytes_xx', 3, { columns: 20, readable: 4 }),
    relation('Ünïcödé 🧾', 4, { writes: true }),
  ],
};
export const columns: TreeColumn[] = shopTables.flatMap((table, n) =>
  table.columns.map(({ name, type, pk, references, allowed }) => ({
    relation: FIRST + n,
    name,
    type,
    pk,
    references: references?.split('.').slice(0, 2).join('.') ?? null,
    comment: name === 'placed_at' ? 'When the customer pressed the button' : null,
    allowed,
  })),
);
const item = (name: string, n: number, part: Partial<SchemaItem>): SchemaItem => ({
  oid: FIRST + 100 + n,
  schema: 'shop',
  name,
  kind: 'function',
  detail: '',
  comment: null,
  allowed: true,
  ...part,
});
export const functions = [
  item('order_total', 1, { detail: 'order_id bigint' }),
  item('refund', 2, { kind: 'procedure', detail: 'order_id bigint, amount numeric', allowed: false }),
];
export const types = [
  item('order_status', 3, { kind: 'enum', detail: 'processing, shipped, delivered, cancelled' }),
  item('payment_state', 4, { kind: 'enum', detail: 'authorised, captured, refunded' }),
];
export const known: Known = {
  ...tree,
  columns: Map.groupBy(columns, ({ relation: of }) => of),
  functions,
  types,
};

const target = (name: string) => {
  const { oid } = tree.relations.find((one) => one.name === name) ?? { oid: FIRST };
  return { oid, schema: 'shop', name };
};
const column = (name: string, type: string, part: object = {}) => ({
  name,
  type,
  nullable: false,
  default: null,
  generated: null,
  comment: null,
  pk: false,
  references: null,
  select: true,
  insert: false,
  update: false,
  ...part,
});
const definition = `create table shop.orders (
  id bigint generated always as identity,
  customer_id bigint not null,
  status shop.order_status default 'processing'::shop.order_status not null,
  placed_at timestamp with time zone default now() not null,
  details jsonb,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_total_check CHECK ((total >= (0)::numeric))
);

CREATE INDEX orders_status ON shop.orders USING btree (status, placed_at);

alter table shop.orders add constraint orders_customer FOREIGN KEY (customer_id) REFERENCES shop.customers(id);

comment on table shop.orders is 'One row for each order. Stuck ones have the status processing for hours.';`;

export const sections: { readonly [N in SectionName]: SectionOf<N> } = {
  overview: {
    section: 'overview',
    ...(tables[1] ?? relation('orders', 1)),
    columns: 9,
    readable: 6,
    writes: true,
    owner: 'shop_owner',
    analyzed: '2026-11-23 11:40 UTC',
    may: { select: 'some', insert: 'none', update: 'some', delete: false },
    filtered: false,
    partition_of: null,
    partition_key: null,
  },
  size: { section: 'size', table: 312_000_000, indexes: 88_400_000, toast: 1_200_000 },
  columns: {
    section: 'columns',
    list: [
      column('id', 'bigint', { generated: 'identity', pk: true }),
      column('customer_id', 'bigint', { references: target('customers') }),
      column('status', 'shop.order_status', { default: "'processing'::shop.order_status", update: true }),
      column('placed_at', 'timestamp with time zone', {
        default: 'now()',
        comment: 'When the customer pressed the button',
      }),
      column('total', 'numeric(12,2)', { default: '0' }),
      column('tax', 'numeric(12,2)', { generated: 'stored', default: 'round(total * 0.19, 2)' }),
      column('details', 'jsonb', { nullable: true, update: true }),
      column('email', 'text', { nullable: true, select: false }),
      column('phone', 'text', { nullable: true, select: false, comment: 'Only for the courier' }),
    ],
  },
  keys: {
    section: 'keys',
    list: [
      {
        name: 'orders_pkey',
        kind: 'primary',
        definition: 'PRIMARY KEY (id)',
        valid: true,
        target: null,
        incoming: false,
      },
      {
        name: 'orders_customer',
        kind: 'foreign',
        definition: 'FOREIGN KEY (customer_id) REFERENCES shop.customers(id)',
        valid: true,
        target: target('customers'),
        incoming: false,
      },
      {
        name: 'orders_total_check',
        kind: 'check',
        definition: 'CHECK ((total >= (0)::numeric)) NOT VALID',
        valid: false,
        target: null,
        incoming: false,
      },
      {
        name: 'payments_order',
        kind: 'foreign',
        definition: 'FOREIGN KEY (order_id) REFERENCES shop.orders(id)',
        valid: true,
        target: target('payments'),
        incoming: true,
      },
    ],
  },
  indexes: {
    section: 'indexes',
    list: [
      {
        name: 'orders_pkey',
        definition: 'CREATE UNIQUE INDEX orders_pkey ON shop.orders USING btree (id)',
        size: 26_400_000,
        scans: 1_204_331,
        valid: true,
        unique: true,
        primary: true,
      },
      {
        name: 'orders_stuck',
        definition:
          "CREATE INDEX orders_stuck ON shop.orders USING btree (placed_at) WHERE (status = 'processing'::shop.order_status)",
        size: 8_192,
        scans: 0,
        valid: false,
        unique: false,
        primary: false,
      },
    ],
  },
  triggers: { section: 'triggers', list: [] },
  dependencies: {
    section: 'dependencies',
    list: [
      { direction: 'used_by', kind: 'view', target: target('open_orders'), through: 'its query' },
      { direction: 'used_by', kind: 'table', target: target('payments'), through: 'foreign key payments_order' },
      { direction: 'uses', kind: 'table', target: target('customers'), through: 'foreign key orders_customer' },
      {
        direction: 'uses',
        kind: 'type',
        target: { oid: FIRST + 103, schema: 'shop', name: 'order_status' },
        through: 'column status',
      },
    ],
  },
  partitions: { section: 'partitions', list: [] },
  definition: { section: 'definition', text: definition },
  function: {
    section: 'function',
    schema: 'shop',
    name: 'order_total',
    arguments: 'order_id bigint',
    result: 'numeric',
    language: 'sql',
    owner: 'shop_owner',
    volatility: 'stable',
    definer: true,
    comment: 'What the order costs, with tax',
    allowed: true,
    definition:
      'CREATE OR REPLACE FUNCTION shop.order_total(order_id bigint)\n RETURNS numeric\n LANGUAGE sql\n STABLE SECURITY DEFINER\nAS $function$\n  select total + tax from shop.orders where id = order_id\n$function$\n',
  },
  type: {
    section: 'type',
    schema: 'shop',
    name: 'order_status',
    kind: 'enum',
    comment: 'Where an order is. Healthy orders stay in processing for seconds.',
    owner: 'shop_owner',
    allowed: true,
    definition:
      "create type shop.order_status as enum ('processing', 'shipped', 'delivered', 'cancelled');\n\ncomment on type shop.order_status is 'Where an order is. Healthy orders stay in processing for seconds.';",
    used: [
      { kind: 'table', target: target('orders'), through: 'column status' },
      {
        kind: 'function',
        target: { oid: FIRST + 101, schema: 'shop', name: 'order_total' },
        through: 'its arguments, its answer or its body',
      },
    ],
  },
};

const box = (name: string, keys: readonly (readonly [string, 'pk' | 'fk'])[], readable: 'all' | 'some' | 'none') => ({
  ...target(name),
  readable,
  columns: keys.map(([key, kind]) => ({ name: key, type: 'bigint', pk: kind === 'pk', fk: kind === 'fk' })),
});
const edge = (from: string, to: string, key: string, part: object = {}) => ({
  name: `${from}_${to}`,
  from: target(from).oid,
  to: target(to).oid,
  columns: [key],
  unique: false,
  optional: false,
  ...part,
});
export const neighbours: Neighbours = {
  tables: [
    box(
      'orders',
      [
        ['id', 'pk'],
        ['customer_id', 'fk'],
      ],
      'all',
    ),
    box('customers', [['id', 'pk']], 'some'),
    box(
      'order_lines',
      [
        ['order_id', 'pk'],
        ['line', 'pk'],
        ['product_id', 'fk'],
      ],
      'all',
    ),
    box(
      'payments',
      [
        ['id', 'pk'],
        ['order_id', 'fk'],
      ],
      'all',
    ),
    box(
      'shipments',
      [
        ['id', 'pk'],
        ['order_id', 'fk'],
      ],
      'all',
    ),
    box(
      'card_tokens',
      [
        ['id', 'pk'],
        ['customer_id', 'fk'],
      ],
      'none',
    ),
  ],
  edges: [
    edge('orders', 'customers', 'customer_id'),
    edge('order_lines', 'orders', 'order_id'),
    edge('payments', 'orders', 'order_id', { unique: true }),
    edge('shipments', 'orders', 'order_id', { optional: true }),
    edge('card_tokens', 'customers', 'customer_id'),
  ],
  cut: false,
};
