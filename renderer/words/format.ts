/**
 * Numbers, durations and times as the window says them. Pure: "now" is always a parameter. Times are UTC and say so,
 * because they are compared with logs.
 */
import { visibleLine } from '../../shared/visible.ts';

const grouped = new Intl.NumberFormat('en-US');

/** `18204` → `18,204` */
export const count = (n: number): string => grouped.format(n);

/** `1 row`, `37 rows`, `1,204 rows` */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** Estimates: `980`, `214k`, `1.2M`, `3B`. */
export function short(n: number): string {
  for (const [size, suffix] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    // 999,600 is a million once it is rounded.
    if (n >= size * 0.9995) {
      const value = n / size;
      return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${suffix}`;
    }
  }
  return String(Math.round(n));
}

/** Sizes of files: `980 bytes`, `12 kB`, `3.2 MB`, `1.4 GB`. */
export function bytes(n: number): string {
  if (n < 1000) return plural(n, 'byte');
  let value = n;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1000;
    if (value < 999.5 || unit === 'TB')
      return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${unit}`;
  }
  return '';
}

/** A countdown: `23:41`, `1:02:03`. Rounded up, so that it reads 00:00 only when nothing is left. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long something took: `0.4 ms`, `31 ms`, `1.24 s`, `3 min 12 s`. */
export function took(ms: number): string {
  if (ms < 1 && ms > 0) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : inMinutes(seconds);
}
const inMinutes = (seconds: number): string => `${Math.floor(seconds / 60)} min ${seconds % 60} s`;

/** A running clock, in steps that do not flicker: `0.4 s`, `12.3 s`, `1 min 4 s`. */
export const elapsed = (ms: number): string =>
  ms < 60_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : inMinutes(Math.round(ms / 1000));

/** `14:32 UTC` */
export const utcTime = (timestamp: string): string => `${timestamp.slice(11, 16)} UTC`;

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/** `today, 14:02 UTC`, `tomorrow, 14:02 UTC`, `Friday 27 November, 14:02 UTC` */
export function dayTime(timestamp: string, now: number): string {
  const at = new Date(timestamp);
  const days = Math.floor(at.getTime() / 86_400_000) - Math.floor(now / 86_400_000);
  const day = days === 0 ? 'today' : days === 1 ? 'tomorrow' : weekday.format(at).replace(',', '');
  return `${day}, ${utcTime(at.toISOString())}`;
}

/** Minutes in words: `30 minutes`, `1 minute`, `2 hours`. */
export const minutes = (n: number): string => (n % 60 === 0 && n > 0 ? plural(n / 60, 'hour') : plural(n, 'minute'));

/** One line of a text, for lists. */
export const oneLine = (text: string): string => visibleLine(text.replace(/\s+/g, ' ').trim());
