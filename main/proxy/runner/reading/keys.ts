/**
 * What rows are sorted by: the values of one column, as numbers where doubles tell them apart and in full where they do not.
 * NULL is greater than every value and NaN greater than every number, as in PostgreSQL.
 */
import { Fault } from '../../../../shared/errors.ts';
import { textOf } from '../cells.ts';
import { compareDecimals, type Decimal, decimalOf } from './decimal.ts';
import type { Kind } from './kinds.ts';
import { instantOf, utcOf } from './times.ts';

export interface Keys {
  /** The next value; null is SQL NULL. */
  add(value: Buffer | null): void;
  /** Negative where the a-th value is less than the b-th. */
  compare(a: number, b: number): number;
}

export function keysFor(kind: Kind, most: number): Keys {
  return kind === 'text' ? new TextKeys(most) : new NumberKeys(most, kind);
}

const VALUE = 0;
const NAN = 1;
/** What a column of times holds that is no time as we know it. */
const OTHER = 2;
const NULL = 3;

/** Numbers and times. Most are told apart by their doubles, for rounding keeps the order; where two are the same, in full. */
class NumberKeys implements Keys {
  readonly #near: Float64Array;
  readonly #rank: Uint8Array;
  /** Only of those that a double cannot hold exactly. */
  readonly #exact = new Map<number, Decimal>();
  readonly #others = new Map<number, string>();
  readonly #kind: Kind;
  #count = 0;

  constructor(most: number, kind: Kind) {
    this.#near = new Float64Array(most);
    this.#rank = new Uint8Array(most);
    this.#kind = kind;
  }

  add(value: Buffer | null): void {
    const n = this.#count++;
    if (value === null) this.#put(n, Number.POSITIVE_INFINITY, NULL);
    else if (this.#kind === 'time') this.#addTime(n, textOf(value));
    else this.#addNumber(n, textOf(value));
  }

  compare(a: number, b: number): number {
    const nearA = this.#near[a] ?? 0;
    const nearB = this.#near[b] ?? 0;
    if (nearA < nearB) return -1;
    if (nearA > nearB) return 1;
    const rankA = this.#rank[a] ?? 0;
    const rank = rankA - (this.#rank[b] ?? 0);
    if (rank !== 0) return rank;
    if (rankA === OTHER) return compareText(this.#others.get(a) ?? '', this.#others.get(b) ?? '');
    if (rankA !== VALUE) return 0;
    const exactA = this.#exact.get(a);
    const exactB = this.#exact.get(b);
    if (exactA === undefined && exactB === undefined) return 0;
    // The infinities are beyond every number that is too large for a double.
    const infinity = isInfinite(nearA, exactA) - isInfinite(nearB, exactB);
    if (infinity !== 0) return infinity;
    return compareDecimals(exactA ?? exactOf(nearA), exactB ?? exactOf(nearB));
  }

  #addNumber(n: number, text: string): void {
    const near = Number(text);
    const known = !Number.isNaN(near);
    this.#put(n, known ? near : Number.POSITIVE_INFINITY, known ? VALUE : NAN);
    // Fifteen digits always fit.
    const exact = known && (text.length > 15 || !Number.isFinite(near)) ? decimalOf(text) : null;
    if (exact !== null) this.#exact.set(n, exact);
  }

  #addTime(n: number, text: string): void {
    const instant = instantOf(text);
    if (instant === null) {
      if (text === '-infinity') this.#put(n, Number.NEGATIVE_INFINITY, VALUE);
      else if (text === 'infinity') this.#put(n, Number.POSITIVE_INFINITY, VALUE);
      else {
        this.#put(n, Number.POSITIVE_INFINITY, OTHER);
        this.#others.set(n, text);
      }
      return;
    }
    const at = utcOf(instant);
    const near = Number(at);
    this.#put(n, near, VALUE);
    if (!Number.isSafeInteger(near)) this.#exact.set(n, { digits: at, scale: 0 });
  }

  #put(n: number, near: number, rank: number): void {
    this.#near[n] = near;
    this.#rank[n] = rank;
  }
}

const isInfinite = (near: number, exact: Decimal | undefined): number =>
  exact === undefined && !Number.isFinite(near) ? Math.sign(near) : 0;
const exactOf = (near: number): Decimal =>
  decimalOf(near.toString()) ?? { digits: BigInt(Number.isFinite(near) ? near : 0), scale: 0 };

/** By code point: by the bytes of UTF-8. */
const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Bytes of a text that count for its order. */
export const SORTED_BYTES = 1000;
/** Bytes that stand in a key's number: a double holds 48 bits exactly. */
const LEAD = 6;
const SEGMENT = 4 * 1024 * 1024;
/** Segments of texts that a sort may take: 512 MB. */
const MOST_SEGMENTS = 128;

/** Texts by the bytes of UTF-8, which is by code point. Values are copied, as the store's buffers come and go. */
class TextKeys implements Keys {
  readonly #lead: Float64Array;
  readonly #at: Uint32Array;
  readonly #length: Uint16Array;
  readonly #segments: Buffer[] = [];
  #free = SEGMENT;
  #count = 0;

  constructor(most: number) {
    this.#lead = new Float64Array(most);
    this.#at = new Uint32Array(most);
    this.#length = new Uint16Array(most);
  }

  add(value: Buffer | null): void {
    const n = this.#count++;
    if (value === null) {
      this.#lead[n] = Number.POSITIVE_INFINITY;
      return;
    }
    const length = Math.min(value.length, SORTED_BYTES);
    let lead = 0;
    for (let i = 0; i < LEAD; i++) lead = lead * 256 + (i < length ? (value[i] ?? 0) : 0);
    this.#lead[n] = lead;
    this.#length[n] = length;
    if (length <= LEAD) return;
    if (this.#free + length > SEGMENT) {
      if (this.#segments.length === MOST_SEGMENTS) throw tooMuch();
      this.#segments.push(Buffer.allocUnsafe(SEGMENT));
      this.#free = 0;
    }
    this.#at[n] = (this.#segments.length - 1) * SEGMENT + this.#free;
    value.copy(this.#segments.at(-1) ?? value, this.#free, 0, length);
    this.#free += length;
  }

  compare(a: number, b: number): number {
    const leadA = this.#lead[a] ?? 0;
    const leadB = this.#lead[b] ?? 0;
    if (leadA < leadB) return -1;
    if (leadA > leadB) return 1;
    const lengthA = this.#length[a] ?? 0;
    const lengthB = this.#length[b] ?? 0;
    if (lengthA <= LEAD || lengthB <= LEAD) return lengthA - lengthB;
    const [segmentA, atA] = this.#place(a);
    const [segmentB, atB] = this.#place(b);
    return segmentA.compare(segmentB, atB, atB + lengthB, atA, atA + lengthA);
  }

  #place(n: number): [Buffer, number] {
    const at = this.#at[n] ?? 0;
    return [this.#segments[Math.floor(at / SEGMENT)] ?? Buffer.alloc(0), at % SEGMENT];
  }
}

const tooMuch = (): Fault =>
  new Fault(
    'sort_too_large',
    'There is too much text in this column to sort it here. The rows are shown as they came.',
    'Let the database sort: add ORDER BY to the statement.',
  );
