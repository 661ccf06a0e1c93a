/** The grid's part of the scripted bridge: sorts, filters, finds and adds up the scene's rows in a simple way. */
import type { Arrangement, SortKey } from '../../shared/ipc.ts';
import type { Bridge } from '../bridge.ts';

/** More rows than that are not looked at. */
const LOOKED_AT = 5000;

interface Rows {
  readonly ok: <T>(value: T) => Promise<{ readonly ok: true; readonly value: T }>;
  readonly rows: () => number;
  readonly cell: (row: number, result: string) => (string | null)[];
  /** Work that never ends, so far, per cent. */
  readonly busy: number | undefined;
}
type Calls = Pick<
  Bridge,
  'arrangeRows' | 'getArranged' | 'findInRows' | 'nextHit' | 'addUp' | 'gridProgress' | 'stopGridWork'
>;

export function gridAnswers({ ok, rows, cell, busy }: Rows): Calls {
  let order: number[] = [];
  let hits: { row: number; column: number }[] = [];
  let made = 0;
  const all = () => Array.from({ length: Math.min(rows(), LOOKED_AT) }, (_, row) => row);
  const shown = (arrangement: number | null) => (arrangement === null ? all() : order);
  const never = <T>() => new Promise<T>(() => {});
  return {
    arrangeRows({ result, sort, filters }) {
      if (busy !== undefined) return never();
      const by = compareRows(sort, (row) => cell(row, result));
      order = all()
        .filter((row) =>
          filters.every(({ column, test, value }) => {
            const text = cell(row, result)[column] ?? null;
            if (test === 'null') return text === null;
            return text?.toLowerCase().includes(value.toLowerCase()) === true;
          }),
        )
        .sort(by);
      const answer: Arrangement = { id: ++made, rows: order.length, of: rows() };
      return ok(answer);
    },
    getArranged({ result, offset, count }) {
      const numbers = order.slice(offset, offset + count);
      return ok({ numbers, rows: numbers.map((row) => cell(row, result)) });
    },
    findInRows({ result, arrangement, columns, text }) {
      hits = shown(arrangement).flatMap((row, place) => {
        const values = cell(row, result);
        return columns
          .filter((column) => values[column]?.toLowerCase().includes(text.toLowerCase()) === true)
          .map((column) => ({ row: place, column }));
      });
      return ok({ hits: hits.length, all: true });
    },
    nextHit({ from, back }) {
      const after = hits.findIndex((hit) => hit.row > from.row || (hit.row === from.row && hit.column > from.column));
      const n = back ? hits.findLastIndex((hit) => hit.row < from.row) : Math.max(0, after);
      const hit = hits.at(n);
      return ok(hit === undefined ? null : { ...hit, n: n + 1 });
    },
    addUp({ result, arrangement, top, bottom, columns }) {
      const values = shown(arrangement)
        .slice(top, bottom + 1)
        .flatMap((row) => columns.map((column) => cell(row, result)[column] ?? null));
      const known = values.filter((value) => value !== null);
      const numbers = known.map(Number).filter((number) => !Number.isNaN(number));
      const sum = numbers.reduce((total, number) => total + number, 0);
      return ok({
        cells: values.length,
        nulls: values.length - known.length,
        numbers: numbers.length,
        sum: numbers.length === 0 ? null : sum.toFixed(2),
        average: numbers.length === 0 ? null : (sum / numbers.length).toFixed(4),
        distinct: new Set(known).size,
      });
    },
    gridProgress: () => ok(busy ?? null),
    stopGridWork: () => ok(null),
  };
}

function compareRows(sort: readonly SortKey[], values: (row: number) => (string | null)[]) {
  return (a: number, b: number): number => {
    for (const { column, descending } of sort) {
      const [one, other] = [values(a)[column] ?? '\uffff', values(b)[column] ?? '\uffff'];
      const by = one.localeCompare(other, 'en', { numeric: true });
      if (by !== 0) return descending ? -by : by;
    }
    return a - b;
  };
}
