/** The shop's tables as the gallery shows them: in the tree, on pages, in completion. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: boolean;
  /** `schema.table.column` */
  readonly references: string | null;
  readonly nullable: boolean;
  readonly allowed: boolean;
}
interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number | null;
  readonly select: 'all' | 'some' | 'none';
  readonly writes: boolean;
  readonly columns: Column[];
}

const column = (name: string, type: string, more: Partial<Column> = {}) => ({
  name,
  type,
  pk: false,
  references: null,
  nullable: true,
  allowed: true,
  ...more,
});
const table = (name: string, rows: number, more: Partial<Table> = {}): Table => ({
  schema: 'shop',
  name,
  kind: 'table',
  rows,
  select: 'all',
  writes: false,
  columns: [column('id', 'bigint', { pk: true, nullable: false }), column('created_at', 'timestamptz')],
  ...more,
});
export const shopTables: Table[] = [
  table('customers', 214_000, {
    select: 'some',
    columns: [
      column('id', 'bigint', { pk: true }),
      column('name', 'text'),
      column('created_at', 'timestamptz'),
      ...['email', 'phone', 'address', 'city', 'birthday', 'notes'].map((n) => column(n, 'text', { allowed: false })),
    ],
  }),
  table('orders', 1_204_331, {
    columns: [
      column('id', 'bigint', { pk: true }),
      column('customer_id', 'bigint', { references: 'shop.customers.id' }),
      column('status', 'order_status'),
      column('placed_at', 'timestamptz'),
      column('details', 'jsonb'),
    ],
  }),
  table('order_lines', 3_412_000),
  table('payments', 1_140_200),
  table('shipments', 980_400),
  table('products', 12_040),
  table('open_orders', 0, { kind: 'view', rows: null }),
  table('card_tokens', 0, { select: 'none' }),
];
