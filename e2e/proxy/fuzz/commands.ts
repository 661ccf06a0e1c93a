/**
 * What the model of a server does with one statement. The texts are real SQL, so that the relay's parser sees what it
 * would see; here only their first words and a number in them count. Pure.
 */
import { encode, type Frame, uint16, uint32 } from './memory-wire.ts';

export interface ServerError {
  readonly code: string;
  readonly message: string;
  /** Code points into the text, 1-based; 0 for none. */
  readonly position: number;
}
/** Where a session stands in its transactions. */
export interface Standing {
  /** `I`, `T` or `E`, as ReadyForQuery says it. */
  readonly status: string;
  /** Something of this transaction will fail when it is committed. */
  readonly doomed: boolean;
}
export interface Done {
  readonly rows: readonly Buffer[];
  /** Before the rows, or before the tag. */
  readonly notices: readonly Buffer[];
  /** Null for an empty statement. */
  readonly tag: string | null;
  readonly error: ServerError | null;
  readonly copy: 'in' | 'out' | null;
  readonly describes: boolean;
  /** Does not end before it is cancelled. */
  readonly sleeps: boolean;
  readonly standing: Standing;
}

export const foreignKey: ServerError = { code: '23503', message: 'a deferred constraint is violated', position: 0 };
const aborted: ServerError = { code: '25P02', message: 'current transaction is aborted', position: 0 };

/** `whole` is the text as it came, with a tag or without: errors quote it, as the server's do. */
export function perform(statement: string, whole: string, standing: Standing): Done {
  const text = statement
    .replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .trim()
    .toLowerCase();
  const [word = '', second = ''] = text.split(/\s+/);
  const count = Number(/\d+/.exec(text)?.[0] ?? 1) % 50;
  const done: Done = {
    rows: [],
    notices: [],
    tag: null,
    error: null,
    copy: null,
    describes: false,
    sleeps: false,
    standing,
  };
  const idle: Standing = { status: 'I', doomed: false };
  const fail = (code: string, message: string, position = 0): Done => ({
    ...done,
    error: { code, message, position },
    standing: standing.status === 'I' ? standing : { ...standing, status: 'E' },
  });
  if (text === '') return done;
  if (word === 'commit' || word === 'end') {
    if (standing.status === 'E') return { ...done, tag: 'ROLLBACK', standing: idle };
    if (standing.doomed) return { ...done, error: foreignKey, standing: idle };
    return { ...done, tag: 'COMMIT', standing: idle };
  }
  if (word === 'rollback') return { ...done, tag: 'ROLLBACK', standing: idle };
  if (standing.status === 'E') return { ...done, error: aborted };
  switch (word) {
    case 'begin':
      return { ...done, tag: 'BEGIN', standing: { ...standing, status: 'T' } };
    case 'select':
      if (text.includes('pg_sleep')) return { ...done, describes: true, sleeps: true };
      if (text.includes('/ 0')) return fail('22012', 'division by zero');
      if (text.includes('nope'))
        return fail('42703', `column "nope" does not exist in ${whole}`, whole.indexOf('nope') + 1);
      return { ...done, rows: rowsOf(count), tag: `SELECT ${count}`, describes: true };
    case 'insert':
      return {
        ...done,
        tag: `INSERT 0 ${count}`,
        standing: { ...standing, doomed: standing.doomed || text.includes('deferred') },
      };
    case 'update':
    case 'delete':
      if (text.includes('returning'))
        return { ...done, rows: rowsOf(count), tag: `${word.toUpperCase()} ${count}`, describes: true };
      return { ...done, tag: `${word.toUpperCase()} ${count}` };
    case 'copy':
      if (text.includes('secrets')) return fail('42501', 'permission denied for table secrets');
      if (text.includes('from stdin')) return { ...done, copy: 'in' };
      return { ...done, copy: 'out', rows: rowsOf(count), tag: `COPY ${count}` };
    case 'do':
      return { ...done, tag: 'DO', notices: [notice(`heard in ${whole}`)] };
    case 'notify':
      return { ...done, tag: 'NOTIFY', notices: [encode('A', uint32(7), 'channel\0payload\0')] };
    case 'set':
      return { ...done, tag: 'SET', notices: [encode('S', 'application_name\0renamed\0')] };
    case 'prepare':
    case 'execute':
    case 'deallocate':
    case 'create':
      return { ...done, tag: `${word} ${second}`.toUpperCase() };
    default:
      // As the parser: at the end of what it was given, which is behind the tag.
      return fail('42601', `syntax error in ${whole}`, [...whole].length + 1);
  }
}

const rowsOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) =>
    Buffer.concat([uint16(1), uint32(`row ${i}`.length), Buffer.from(`row ${i}`)]),
  );
const notice = (message: string): Buffer => encode('N', `SNOTICE\0VNOTICE\0C00000\0M${message}\0\0`);
export const errorFrame = ({ code, message, position }: ServerError): Buffer =>
  encode('E', `SERROR\0VERROR\0C${code}\0M${message}\0${position > 0 ? `P${position}\0` : ''}\0`);

/** Statements of a text; the texts hold no semicolon inside anything else. */
export function statementsOf(text: string): string[] {
  const parts = text.split(';');
  // What is behind the last semicolon is a statement only when there is something.
  if ((parts.at(-1) ?? '').replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() === '') parts.pop();
  return parts;
}

export const rowDescription = encode(
  'T',
  uint16(1),
  'column\0',
  uint32(0),
  uint16(0),
  uint32(25),
  uint16(-1),
  uint32(-1),
  uint16(0),
);
export type { Frame };
