/**
 * Dates and times as PostgreSQL prints them in the ISO style, as microseconds. Pure. A session that prints them otherwise
 * (`datestyle`) makes them texts here.
 */

const DAY = 86_400_000_000n;
const DATE = /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](.*))?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?([+-]\d\d(?::?\d\d(?::?\d\d)?)?|Z)?$/;

/** Microseconds since 1970 of a date, with or without a time; of a time alone, since midnight. */
export interface Instant {
  /** As written, where it is. */
  readonly local: bigint;
  /** What UTC is behind that; null where no zone is written. */
  readonly offset: bigint | null;
}

/** Null for what is neither, and for infinities. */
export function instantOf(text: string): Instant | null {
  const before = text.endsWith(' BC');
  const date = DATE.exec(before ? text.slice(0, -3) : text);
  if (date === null) return timeOf(text);
  const [, year = '', month = '', day = '', time] = date;
  const days = daysOf(before ? 1 - Number(year) : Number(year), Number(month), Number(day));
  if (time === undefined) return { local: BigInt(days) * DAY, offset: null };
  const within = timeOf(time);
  return within === null ? null : { local: BigInt(days) * DAY + within.local, offset: within.offset };
}

function timeOf(text: string): Instant | null {
  const time = TIME.exec(text);
  if (time === null) return null;
  const [, hour = '', minute = '', second = '0', fraction = '', zone] = time;
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  const offset = zone === undefined ? null : zone === 'Z' ? 0n : offsetOf(zone);
  return { local: seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0')), offset };
}

function offsetOf(zone: string): bigint {
  const digits = zone.slice(1).replaceAll(':', '').padEnd(6, '0');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4, 6));
  return BigInt(zone.startsWith('-') ? -seconds : seconds) * 1_000_000n;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; year 0 is 1 BC. H. Hinnant, "chrono-compatible date algorithms". */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** Where it is on the line that all of its type share. */
export const utcOf = ({ local, offset }: Instant): bigint => local - (offset ?? 0n);
