/** What a client may ask for when it starts: parsed, checked against a list, told in words where it cannot be. Pure. */
import { Fault } from '../../../shared/errors.ts';
import { leavesFence } from '../../../shared/sql/index.ts';

/** Settings that a client may choose at startup; none of them can widen what it may do. */
const allowed: ReadonlySet<string> = new Set([
  'application_name',
  'bytea_output',
  'client_min_messages',
  'datestyle',
  'extra_float_digits',
  'geqo',
  'intervalstyle',
  'jit',
  'lock_timeout',
  'search_path',
  'timezone',
]);

const TIMEOUT = 'statement_timeout';

/**
 * Settings for the server, by lower-case name. `options` (`-c name=value …`) is taken apart and held against the same
 * list; what a client also names by itself wins over it. `statement_timeout` may only be lowered, from `longestMs` to 1 ms,
 * by the rule that SET is held to. Throws a Fault in words for the client.
 */
export function chosenSettings(parameters: ReadonlyMap<string, string>, longestMs: number): Map<string, string> {
  const chosen = new Map<string, string>();
  const fence = { readOnly: false, statementTimeoutMs: longestMs, idleTxTimeoutMs: longestMs };
  const choose = (name: string, value: string): void => {
    if (name === 'client_encoding') assertUtf8(value);
    else if (allowed.has(name)) chosen.set(name, value);
    else if (name === TIMEOUT) {
      const left = leavesFence({ name, value, reset: false, at: null }, fence);
      if (left !== null)
        throw new Fault('22023', `${TIMEOUT} ${printable(value)} leaves the limits of the grant`, left.hint);
      chosen.set(name, value);
    } else
      throw new Fault(
        '0A000',
        `the setting ${printable(name)} cannot be chosen when connecting here`,
        `These can: client_encoding (UTF8), ${[...allowed, TIMEOUT].join(', ')}. Others may be tried with SET after connecting.`,
      );
  };
  for (const [name, value] of readOptions(parameters.get('options') ?? '')) choose(name, value);
  for (const [name, value] of parameters) {
    if (name === 'user' || name === 'database' || name === 'options' || name.startsWith('_pq_.')) continue;
    if (name === 'replication')
      throw new Fault('0A000', 'replication is not possible here', 'A grant is for statements only.');
    choose(name, value);
  }
  return chosen;
}

/**
 * Names of encodings are read as the server reads them: letters and digits only. SQL_ASCII, which psql asks for in a
 * terminal without a locale, means "as it is": it gets UTF8 and is told so.
 */
function assertUtf8(value: string): void {
  const name = value.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (name === 'utf8' || name === 'unicode' || name === 'sqlascii') return;
  throw new Fault(
    '22023',
    `client_encoding ${printable(value)} cannot be used here: only UTF8 can`,
    'Set client_encoding to UTF8 in your tool (PGCLIENTENCODING=UTF8 for those that use libpq).',
  );
}

/** Words of `options` as the server splits them (a backslash takes the next character as it is), then `-c` and `--`. */
export function readOptions(options: string): [name: string, value: string][] {
  const words = [...options.matchAll(/(?:\\.|[^\s\\])+/gs)].map(([word]) => word.replaceAll(/\\(.)/gs, '$1'));
  const settings: [string, string][] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const text =
      word === '-c'
        ? (words.shift() ?? '')
        : word.startsWith('-c') || (word.startsWith('--') && word.length > 2)
          ? word.slice(2)
          : null;
    if (text === null)
      throw new Fault(
        '0A000',
        `the option ${printable(word)} cannot be used here`,
        'Write settings as -c name=value in options.',
      );
    const at = text.indexOf('=');
    if (at <= 0)
      throw new Fault(
        '42601',
        `the option -c ${printable(text)} has no value`,
        'Write settings as -c name=value in options.',
      );
    settings.push([text.slice(0, at).replaceAll('-', '_').toLowerCase(), text.slice(at + 1)]);
  }
  return settings;
}

/** Text of a client as it may stand in a message or a list: short, one line, ASCII as in the server's own lists. */
export const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 63);
