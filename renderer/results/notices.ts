/** Notices of the server in words. Pure. */
import { plural } from '../words/format.ts';

/** By the word before the colon, as psql prints it; the server may say it in its own language, which counts as a notice. */
export function severityOf(notice: string): 'warn' | 'info' {
  return /^(WARNING|ERROR|FATAL|PANIC):/.test(notice) ? 'warn' : 'info';
}

/** `1 warning, 2 notices` */
export function counted(notices: readonly string[]): string {
  const warnings = notices.filter((notice) => severityOf(notice) === 'warn').length;
  const rest = notices.length - warnings;
  return [warnings > 0 ? plural(warnings, 'warning') : '', rest > 0 ? plural(rest, 'notice') : '']
    .filter((part) => part !== '')
    .join(', ');
}
