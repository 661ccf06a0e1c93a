/**
 * What an error code means and what helps: PostgreSQL's own (SQLSTATE, appendix A of its manual) as people meet them in an
 * incident, and Vitrine's. The message says what happened this time; this says the rest. Pure.
 */
import type { Help } from './help.ts';
import { ownCodes } from './own-codes.ts';
import { postgresCodes } from './postgres-codes.ts';

export const allHelp: readonly Help[] = [...postgresCodes, ...ownCodes];

const byCode = new Map(allHelp.flatMap((one) => one.codes.map((code) => [code, one] as const)));
/** SQLSTATE classes, for codes that have no words of their own. */
const classes: Readonly<Record<string, string>> = {
  '08': 'The connection',
  '22': 'A value',
  '23': 'A constraint',
  '25': 'The transaction',
  '28': 'Who may connect',
  '40': 'The transaction was undone',
  '42': 'The text, or what it names',
  '53': 'The server’s resources',
  '54': 'A limit of the server',
  '55': 'The state of an object',
  '57': 'Stopped by somebody',
  '58': 'The server’s system',
  P0: 'An error raised by a function',
  XX: 'A defect of the server',
};

/** Null where nothing is known of the code. */
export function helpFor(code: string): Help | null {
  const known = byCode.get(code);
  if (known !== undefined) return known;
  const title = /^[0-9A-Z]{5}$/.test(code) ? classes[code.slice(0, 2)] : undefined;
  if (title === undefined) return null;
  return {
    codes: [code],
    title,
    means: 'The server’s own message says what happened.',
    todo: 'Appendix A of PostgreSQL’s manual lists the code.',
  };
}

/** Those that answer what was typed: a code, or words. */
export function searchHelp(typed: string): readonly Help[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return allHelp;
  const exact = helpFor(wanted.toUpperCase()) ?? helpFor(wanted);
  const found = allHelp.filter((one) =>
    [one.title, one.means, one.todo, ...one.codes].some((text) => text.toLowerCase().includes(wanted)),
  );
  return exact === null ? found : [exact, ...found.filter((one) => one !== exact)];
}
