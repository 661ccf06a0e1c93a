/**
 * What the gate says about one statement, beyond the question whether the grant is live. The database role is the real
 * fence; this explains early, in words, before anything is sent. Pure. (I6)
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Limits, Mode } from '../../../shared/grants.ts';
import { type Classified, classify, type Danger } from '../../../shared/sql/index.ts';
import type { Refusal } from '../wire/messages.ts';

export interface Rules {
  /** Statements that the parser cannot read may be sent. */
  readonly unparsed: boolean;
  /** Null: not known here, the database decides. */
  readonly mode: Mode | null;
  /** What becomes of a dangerous shape where nobody can be asked. */
  readonly dangerous: Limits['port_dangerous'];
}
/** `rule` is the short code that the log keeps. */
export interface Refused extends Refusal {
  readonly rule: string;
}

/** Texts that come again and again (drivers, introspection) are read once. */
const CACHED_TEXTS = 512;
const CACHED_LENGTH = 4096;
const cache = new Map<string, Classified>();

export function classifyCached(text: string): Classified {
  if (text.length > CACHED_LENGTH) return classify(text);
  const known = cache.get(text);
  if (known !== undefined) return known;
  const classified = classify(text);
  // An empty message of the parser can pass (it was being replaced); only what was read is kept.
  if (classified.kind === 'unparsed') return classified;
  if (cache.size >= CACHED_TEXTS) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, classified);
  return classified;
}

/** Settings of the session that decide how the server reads a text. */
export interface Reading {
  readonly clientEncoding: string;
  readonly standardStrings: boolean;
}

/** The text as the server will read it, or why it cannot be known. */
export function readText(bytes: Buffer, reading: Reading): { text: string } | { refused: Refused } {
  if (isAscii(bytes)) return { text: bytes.toString('latin1') };
  if (isUtf8(bytes) && reading.clientEncoding === 'UTF8') return { text: bytes.toString('utf8') };
  return {
    refused: {
      rule: 'encoding',
      code: '22021',
      message: 'the statement is not valid UTF-8',
      detail: 'It was not sent, because it could not be recorded as the server would read it.',
      hint: 'Use client_encoding UTF8.',
    },
  };
}

export function judge(text: string, classified: Classified, rules: Rules, reading: Reading): Refused | null {
  // With the old string syntax a backslash means something else to the server than to the parser.
  const misread = !reading.standardStrings && text.includes('\\');
  if ((classified.kind === 'unparsed' || misread) && !rules.unparsed) {
    const at = classified.error?.position ?? null;
    return {
      rule: 'unparsed',
      code: '42601',
      message: misread
        ? 'backslashes cannot be read with standard_conforming_strings off'
        : (classified.error?.message ?? ''),
      detail: 'Vitrine cannot read this statement, so it was not sent.',
      hint: 'Correct it. This grant allows only statements that can be read before they are sent.',
      position: at === null ? undefined : [...text.slice(0, at)].length + 1,
    };
  }
  if (classified.fence !== null)
    return {
      rule: `fence:${classified.fence}`.slice(0, 64),
      code: '42501',
      message: `setting ${classified.fence} is not allowed in this grant`,
      detail: 'It would leave the limits of the grant. The statement was not sent.',
      hint: 'Run the statement without it.',
    };
  if (rules.mode === 'read' && classified.writes)
    return {
      rule: 'read_only',
      code: '25006',
      message: `this grant is read-only: ${nameOf(classified)} is not allowed`,
      detail: 'The statement was not sent.',
      hint: 'Ask for a grant whose scope allows writing.',
    };
  if (rules.dangerous === 'refuse' && classified.dangerous !== null) return dangerous(classified.dangerous);
  return null;
}

/** In the app this is a question (`Drop table t?`); a tool on the port cannot be asked one. */
function dangerous(danger: Danger): Refused {
  const deed = danger.title.replace(/\?$/, '');
  const mend = danger.code === 'update_all' || danger.code === 'delete_all' ? 'Add a WHERE, or run' : 'Run';
  return {
    rule: `dangerous:${danger.code}`,
    code: '42501',
    message: `refused on the local port: this would ${deed.charAt(0).toLowerCase()}${deed.slice(1)}`,
    detail: `${danger.detail} Nobody can be asked here, and the policy of this grant says no. Nothing was sent.`,
    hint: `${mend} it in the Vitrine window, where you can confirm it.`,
  };
}

const nameOf = (classified: Classified): string =>
  classified.kind === 'select' || classified.kind === 'multi' || classified.kind === 'ddl'
    ? 'a statement that changes something'
    : classified.kind.toUpperCase();
