/** Decimal numbers as PostgreSQL prints them, exactly, however many digits they have. Pure. */

/** The number is `digits` × 10^-`scale`; `scale` is not negative. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,6}))?$/i;

/** Null for what is no finite number. */
export function decimalOf(text: string): Decimal | null {
  const parts = NUMBER.exec(text.trim());
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  if (whole === '' && fraction === '') return null;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}${scale < 0 ? '0'.repeat(-scale) : ''}`);
  return { digits, scale: Math.max(0, scale) };
}

const scaled = ({ digits, scale }: Decimal, to: number): bigint => digits * 10n ** BigInt(to - scale);

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function decimalText({ digits, scale }: Decimal): string {
  const negative = digits < 0n;
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${text.slice(text.length - scale)}`}`;
}

/** `sum` / `count`, rounded half away from zero to six places more than the sum has; zeros at the end are left out. */
export function averageText({ digits, scale }: Decimal, count: number): string {
  const more = digits * 2_000_000n;
  const divisor = BigInt(count) * 2n;
  const half = digits < 0n ? -BigInt(count) : BigInt(count);
  const text = decimalText({ digits: (more + half) / divisor, scale: scale + 6 });
  return text.replace(/\.?0+$/, '');
}

/** What is summed in doubles before it must go into a big integer, so that every step is exact. */
const SAFE = 2 ** 52;
const MOST_FAST = 15;

/** Adds decimals exactly; small ones in doubles, one running sum for each number of places. */
export class ExactSum {
  readonly #fast = new Map<number, number>();
  readonly #big = new Map<number, bigint>();
  #infinite = 0;
  #negativeInfinite = 0;
  #nan = 0;

  /** Ignores what is no number. */
  add(text: string): void {
    const point = text.indexOf('.');
    const scale = point < 0 ? 0 : text.length - point - 1;
    if (text.length <= MOST_FAST && !text.includes('e')) {
      const value = Number(point < 0 ? text : text.slice(0, point) + text.slice(point + 1));
      if (Number.isSafeInteger(value)) {
        const sum = (this.#fast.get(scale) ?? 0) + value;
        if (Math.abs(sum) < SAFE) this.#fast.set(scale, sum);
        else {
          this.#addBig(scale, BigInt(sum));
          this.#fast.set(scale, 0);
        }
        return;
      }
    }
    const decimal = decimalOf(text);
    if (decimal !== null) this.#addBig(decimal.scale, decimal.digits);
    else if (text === 'Infinity') this.#infinite++;
    else if (text === '-Infinity') this.#negativeInfinite++;
    else if (text === 'NaN') this.#nan++;
  }

  /** As PostgreSQL has it: NaN where one was added, or infinities of both signs. */
  total(): Decimal | 'NaN' | 'Infinity' | '-Infinity' {
    if (this.#nan > 0 || (this.#infinite > 0 && this.#negativeInfinite > 0)) return 'NaN';
    if (this.#infinite > 0) return 'Infinity';
    if (this.#negativeInfinite > 0) return '-Infinity';
    const parts: Decimal[] = [...this.#big].map(([scale, digits]) => ({ digits, scale }));
    for (const [scale, sum] of this.#fast) parts.push({ digits: BigInt(sum), scale });
    const scale = parts.reduce((most, part) => Math.max(most, part.scale), 0);
    return { digits: parts.reduce((sum, part) => sum + scaled(part, scale), 0n), scale };
  }

  #addBig(scale: number, digits: bigint): void {
    this.#big.set(scale, (this.#big.get(scale) ?? 0n) + digits);
  }
}
