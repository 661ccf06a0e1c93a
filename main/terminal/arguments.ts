/** The command line of `vitrine port`, read without touching anything; every problem is named, all at once. Pure. */
import { parseArgs } from 'node:util';
import { type AccessRequest, accessRequest } from '../../shared/api.ts';

/** What the command line says about the request; the rest is asked for, or is the policy's default. */
export type Given = { readonly [K in Exclude<keyof AccessRequest, 'alone'>]?: AccessRequest[K] };

export interface Wanted {
  readonly given: Given;
  /** Ask for approval even where the policy would let the person in alone. */
  readonly approval: boolean;
  /** Minutes until an unanswered request is withdrawn; null leaves that to the collector. */
  readonly wait: number | null;
  readonly json: boolean;
  readonly login: 'browser' | 'device-code' | 'automatic';
  readonly key: 'ask' | 'memory' | 'stdin';
  /** Runs with the connection in its environment; the grant ends with it. */
  readonly command: readonly [string, ...string[]] | null;
}

export type Parsed =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly wanted: Wanted }
  | { readonly kind: 'wrong'; readonly problems: readonly string[]; readonly json: boolean };

const options = {
  target: { type: 'string' },
  scope: { type: 'string' },
  severity: { type: 'string' },
  ticket: { type: 'string' },
  reason: { type: 'string' },
  minutes: { type: 'string' },
  wait: { type: 'string' },
  approval: { type: 'boolean' },
  json: { type: 'boolean' },
  browser: { type: 'boolean' },
  'device-code': { type: 'boolean' },
  'memory-key': { type: 'boolean' },
  'passphrase-stdin': { type: 'boolean' },
  psql: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type Name = keyof typeof options;
const isName = (name: string): name is Name => Object.hasOwn(options, name);

/** Two that contradict each other. */
const EXCLUDE: readonly (readonly [Name, Name])[] = [
  ['browser', 'device-code'],
  ['memory-key', 'passphrase-stdin'],
  ['json', 'psql'],
];

/**
 * The arguments behind the word `port`, or null when the window is wanted. What stands before that word belongs to
 * Electron and Chromium (`--user-data-dir=…`), and, in an app that is not packaged, one of them is the app's own path.
 */
export function terminalArguments(argv: readonly string[], packaged: boolean): string[] | null {
  const words = argv.slice(1);
  const plain = words.flatMap((word, at) => (word.startsWith('-') ? [] : [at]));
  const at = plain[packaged ? 0 : 1];
  return at !== undefined && words[at] === 'port' ? words.slice(at + 1) : null;
}

export function parse(args: readonly string[]): Parsed {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const after = end < 0 ? null : args.slice(end + 1);
  const problems: string[] = [];
  const texts = new Map<Name, string>();
  const flags = new Set<Name>();

  const { tokens } = parseArgs({ args: withValues(own), options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`“${token.value}” stands alone; a command to run comes after --`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!isName(name)) problems.push(unknown(name, rawName));
    else if (texts.has(name) || flags.has(name)) problems.push(`${rawName} is given twice`);
    else if (options[name].type === 'boolean') {
      if (value !== undefined) problems.push(`${rawName} takes no value`);
      flags.add(name);
    } else {
      if (value === undefined || value === '') problems.push(`${rawName} needs a value`);
      texts.set(name, value ?? '');
    }
  }
  if (flags.has('help')) return { kind: 'help' };

  for (const [one, other] of EXCLUDE) {
    if (flags.has(one) && flags.has(other)) problems.push(`--${one} and --${other} exclude each other`);
  }
  const [program, ...rest] = after ?? [];
  if (after !== null && program === undefined) problems.push('there is no command after --');
  if (flags.has('json') && after !== null)
    problems.push('--json and a command exclude each other: the standard output is the command’s');
  if (flags.has('psql') && after !== null) problems.push('--psql and a command after -- exclude each other');

  const given = givenOf(texts, problems);
  const wait = whole(texts.get('wait'));
  if (wait === 'wrong') problems.push(`--wait is a whole number of minutes, 1 to ${MOST}`);
  if (problems.length > 0 || wait === 'wrong') return { kind: 'wrong', problems, json: flags.has('json') };
  return {
    kind: 'run',
    wanted: {
      given,
      approval: flags.has('approval'),
      wait,
      json: flags.has('json'),
      login: flags.has('browser') ? 'browser' : flags.has('device-code') ? 'device-code' : 'automatic',
      key: flags.has('memory-key') ? 'memory' : flags.has('passphrase-stdin') ? 'stdin' : 'ask',
      command: program !== undefined ? [program, ...rest] : flags.has('psql') ? ['psql'] : null,
    },
  };
}

/** An option without its value must not take the next option for it; one that begins with a dash is given as `--reason=-…`. */
const withValues = (args: readonly string[]): string[] =>
  args.map((arg, at) => {
    const name = arg.slice(2);
    const alone = arg.startsWith('--') && isName(name) && options[name].type === 'string';
    return alone && (args[at + 1]?.startsWith('-') ?? true) ? `${arg}=` : arg;
  });
function unknown(name: string, rawName: string): string {
  if (/^(pass|password|passphrase)$/.test(name))
    return `${rawName}: a passphrase is never taken from the command line, where other programs can read it; type it, or use --passphrase-stdin`;
  if (name === 'login-as') return '--login-as belongs to the embedded stack: npm run port -- --login-as NAME';
  return `there is no option ${rawName}`;
}

const MOST = 24 * 60;
const FIELDS = ['target', 'scope', 'severity', 'ticket', 'reason'] as const;
export const LOOKS: Readonly<Record<(typeof FIELDS)[number] | 'minutes', string>> = {
  target: 'the id of a target, like orders-eu',
  scope: 'the id of a scope, at most 64 characters',
  severity: 'the id of a severity, like SEV1',
  ticket: 'a ticket or incident, like INC-4711',
  reason: 'a sentence of 8 to 500 characters',
  minutes: `a whole number, 1 to ${MOST}`,
};

function givenOf(texts: ReadonlyMap<Name, string>, problems: string[]): Given {
  const given: { -readonly [K in keyof Given]: Given[K] } = {};
  for (const field of FIELDS) {
    const text = texts.get(field);
    // An empty one was named already.
    if (text === undefined || text === '') continue;
    const value = accessRequest.shape[field].safeParse(field === 'ticket' ? text.toUpperCase() : text);
    if (value.success) given[field] = value.data;
    else problems.push(`--${field} “${text}” is not ${LOOKS[field]}`);
  }
  const minutes = whole(texts.get('minutes'));
  if (minutes === 'wrong') problems.push(`--minutes is ${LOOKS.minutes}`);
  else if (minutes !== null) given.minutes = minutes;
  return given;
}

/** A whole number of minutes; null where there is none, or none that has to be judged again. */
export function whole(text: string | undefined): number | null | 'wrong' {
  if (text === undefined || text === '') return null;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MOST ? value : 'wrong';
}
