/** Which rows a person wants to see: one test of one column each. Pure. */
import { Fault } from '../../../../shared/errors.ts';
import type { Filter, FilterTest } from '../../../../shared/ipc.ts';
import { textOf } from '../cells.ts';
import { compareDecimals, decimalOf } from './decimal.ts';
import type { Kind } from './kinds.ts';
import { instantOf, utcOf } from './times.ts';

export type Passes = (value: Buffer | null) => boolean;
type Order = Extract<FilterTest, 'equals' | 'differs' | 'less' | 'at_most' | 'at_least' | 'more'>;

const holds: Readonly<Record<Order, (difference: number) => boolean>> = {
  equals: (difference) => difference === 0,
  differs: (difference) => difference !== 0,
  less: (difference) => difference < 0,
  at_most: (difference) => difference <= 0,
  at_least: (difference) => difference >= 0,
  more: (difference) => difference > 0,
};

/** Throws a Fault where the typed value is not what the column holds. */
export function passesOf({ test, value }: Filter, kind: Kind): Passes {
  switch (test) {
    case 'null':
      return (cell) => cell === null;
    case 'not_null':
      return (cell) => cell !== null;
    case 'contains':
    case 'lacks': {
      const wanted = value.toLowerCase();
      return (cell) => cell !== null && textOf(cell).toLowerCase().includes(wanted) === (test === 'contains');
    }
    default: {
      const difference = differenceTo(value, kind);
      const hold = holds[test];
      return (cell) => {
        const by = cell === null ? null : difference(cell);
        return by !== null && hold(by);
      };
    }
  }
}

/** How a cell compares with what was typed: negative where it is less; null where they cannot be compared. */
function differenceTo(value: string, kind: Kind): (cell: Buffer) => number | null {
  if (kind === 'number') return numbers(value.trim());
  if (kind === 'time') return times(value.trim());
  const wanted = Buffer.from(value);
  return (cell) => Buffer.compare(cell, wanted);
}

/** NaN and the infinities, in PostgreSQL's order; 0 is every other number. */
const outside = (text: string): number => ({ '-infinity': -1, infinity: 1, nan: 2 })[text.toLowerCase()] ?? 0;

function numbers(value: string): (cell: Buffer) => number | null {
  const rank = outside(value);
  const wanted = decimalOf(value);
  if (rank === 0 && wanted === null)
    throw new Fault('bad_filter', `“${value.slice(0, 60)}” is not a number.`, 'Type digits, and a point for decimals.');
  return (cell) => {
    const text = textOf(cell);
    const other = outside(text);
    if (rank !== 0 || other !== 0) return other - rank;
    const decimal = decimalOf(text);
    return decimal === null || wanted === null ? null : compareDecimals(decimal, wanted);
  };
}

/** A time that is typed without a zone is compared with what is on the screen. */
function times(value: string): (cell: Buffer) => number | null {
  const rank = outside(value);
  const wanted = instantOf(value);
  if (rank === 0 && wanted === null)
    throw new Fault(
      'bad_filter',
      `“${value.slice(0, 60)}” is not a date or time.`,
      'Write it as it stands in the column: 2026-11-23 or 2026-11-23 11:40:00.',
    );
  return (cell) => {
    const text = textOf(cell);
    const other = outside(text);
    if (rank !== 0 || other !== 0) return other - rank;
    const instant = instantOf(text);
    if (instant === null || wanted === null) return null;
    const by = wanted.offset === null ? instant.local - wanted.local : utcOf(instant) - utcOf(wanted);
    return by < 0n ? -1 : by > 0n ? 1 : 0;
  };
}
