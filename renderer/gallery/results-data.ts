/** Answers to the calls about results: values of every kind, foreign keys, a comparison. */
import type { CallName } from '../../shared/ipc.ts';
import type { ComparedLine, Link } from '../../shared/ipc-results.ts';
import type { Bridge } from '../bridge.ts';
import { cell, id } from './data.ts';
import type { Scene } from './scene.ts';

const ok = async <T>(value: T) => ({ ok: true, value }) as const;

const links: readonly Link[] = [
  {
    direction: 'out',
    constraint: 'orders_customer_id_fkey',
    table: 'shop.customers',
    columns: ['id'],
    sql: 'select *\nfrom shop.customers\nwhere id = 4711',
    why: null,
  },
  ...['order_lines', 'payments', 'shipments'].map(
    (name): Link => ({
      direction: 'in',
      constraint: `${name}_order_id_fkey`,
      table: `shop.${name}`,
      columns: ['order_id'],
      sql: name === 'payments' ? null : `select *\nfrom shop.${name}\nwhere order_id = 918231`,
      why: name === 'payments' ? 'not_granted' : null,
    }),
  ),
];

const LINES = 44;
/** Of every ten lines one is changed, one added, one removed. */
function line(n: number, columns: number): ComparedLine {
  const left = cell(n, columns);
  const right = n % 10 === 3 ? left.map((text, i) => (i === 3 ? '12.00' : i === 4 ? null : text)) : left;
  return {
    left: n % 10 === 6 ? null : { row: n, cells: left },
    right: n % 10 === 8 ? null : { row: n, cells: right },
    changed: n % 10 === 3 ? [3, 4] : [],
  };
}

export function resultCalls(scene: Scene, columns: (result: string) => number) {
  return {
    pinResult: () => ok(null),
    readValue: ({ result, row, column, from, length }) => {
      const whole = scene.value ?? cell(row, columns(result))[column] ?? null;
      if (whole === null) return ok(null);
      const end = from + length;
      return ok({
        text: whole.slice(from, end),
        next: end < whole.length ? end : null,
        bytes: scene.valueBytes ?? whole.length,
      });
    },
    getLinks: () => ok([...links]),
    fetchMore: () => ok(id(900)),
    compareResults: () =>
      ok({
        id: id(70),
        marked: true,
        lines: LINES,
        same: 30,
        changed: 5,
        added: 4,
        removed: 4,
        left_rows: 40,
        right_rows: 40,
        repeated: 0,
      }),
    comparedLines: ({ offset, count }) =>
      ok(Array.from({ length: Math.min(count, LINES - offset) }, (_, i) => line(offset + i, 6))),
    nextDifference: ({ from, back }) => {
      for (let at = from + (back ? -1 : 1); at >= 0 && at < LINES; at += back ? -1 : 1)
        if ([3, 6, 8].includes(at % 10)) return ok(at);
      return ok(null);
    },
  } satisfies Partial<{ [N in CallName]: Bridge[N] }>;
}
