/**
 * Time in words. Every function takes the instant and "now" (milliseconds since the epoch), so that nothing here reads
 * a clock. Local time comes first, UTC second.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number): string => String(n).padStart(2, '0');

/** `24:18`, `1:04:09`; never below zero. Counts up to the next whole second, so that `0:00` means over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(seconds % 60)}` : `${two(m)}:${two(seconds % 60)}`;
}

/** The largest fitting unit, rounded down: `21 h`, `40 min`, `3 d`. */
function span(ms: number): string {
  if (ms < MINUTE) return 'under a minute';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `due in 21 h`, `overdue 3 h`. */
export function dueWords(dueAt: string, now: number): string {
  const left = Date.parse(dueAt) - now;
  return left >= 0 ? `due in ${span(left)}` : `overdue ${span(-left)}`;
}

/** `just now`, `4 min ago`, `3 d ago`. */
export function agoWords(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < MINUTE ? 'just now' : `${span(ms)} ago`;
}

/** How long something took: `41 ms`, `1.40 s`, `18 s`, `2 min 3 s`. */
export function durationWords(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 9995) return `${(ms / SECOND).toFixed(2)} s`;
  // Rounded before it is split, so that no unit ever shows its own sixty.
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600 && minutes < 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Time of a statement: whole milliseconds below one second. */
export const runtimeWords = (ms: number): string => (ms < SECOND ? `${Math.round(ms)} ms` : durationWords(ms));

/** Age of a login: `2 min`, `1 h`, `12 s`. */
export const ageWords = (seconds: number): string =>
  seconds < 60 ? `${Math.max(0, seconds)} s` : span(seconds * SECOND);

/** `14:02:11`, local. */
export function clockWords(at: string): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayNumber = (d: Date): number => Math.round(Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / DAY);

/** `today`, `tomorrow`, `yesterday`, `23 Nov`, `2 Jan 2025`; local days. */
export function dayWords(at: string, now: number): string {
  const d = new Date(at);
  const today = new Date(now);
  const away = dayNumber(d) - dayNumber(today);
  if (away === 0) return 'today';
  if (away === 1) return 'tomorrow';
  if (away === -1) return 'yesterday';
  const year = d.getFullYear() === today.getFullYear() ? '' : ` ${d.getFullYear()}`;
  return `${d.getDate()} ${MONTHS[d.getMonth()]}${year}`;
}

/** `today, 14:02`, `23 Nov, 09:30`; local. */
export const momentWords = (at: string, now: number): string => `${dayWords(at, now)}, ${clockWords(at).slice(0, 5)}`;

/** `23 Nov 2026, 14:02:11 UTC`: the second reading of every time on these pages. */
export function utcWords(at: string): string {
  const d = new Date(at);
  const day = `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
  return `${day}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} UTC`;
}

/** `UTC+01:00` of this browser at that instant. */
export function zoneWords(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** True where both instants fall on one local day. */
export const sameDay = (a: string, b: string): boolean => dayNumber(new Date(a)) === dayNumber(new Date(b));
