/** Randomness that can be had again: the same seed makes the same case, on every machine. */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` and `index` are any two integers: the campaign and the case in it. */
  constructor(seed: number, index = 0) {
    this.#a = seed >>> 0;
    this.#b = index >>> 0;
    this.#c = Math.floor(seed / 2 ** 32) >>> 0;
    this.#d = 1;
    for (let i = 0; i < 16; i++) this.next();
  }

  /** 32 bits (sfc32, public domain, Chris Doty-Humphrey). */
  next(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  /** From 0 up to but not including `end`. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }
  chance(share: number): boolean {
    return this.next() < share * 2 ** 32;
  }
  /** Throws on an empty list. */
  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    if (index >= list.length) throw new Error('nothing to pick from');
    // The index is inside the list.
    return list[index] as T;
  }
  /** Each alternative as often as its weight says. */
  weighted<T>(alternatives: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.below(alternatives.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of alternatives) {
      if (at < weight) return value;
      at -= weight;
    }
    throw new Error('nothing to pick from');
  }
  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) bytes[i] = this.next();
    return bytes;
  }
}
