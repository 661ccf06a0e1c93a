/**
 * What the gate says about one statement, beyond the question whether the grant is live. The database role is the real
 * fence; this explains early, in words, before anything is sent. Pure. (I6)
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Limits, Mode } from '../../../shared/grants.ts';
import { type Classified, type Danger, leavesFence, numberedFunctions } from '../../../shared/sql/index.ts';
import { fenceIsDown, forgedTag, positionOf, type Refused, refusedCall, refusedDeeds } from './refusals.ts';

export type { Refused } from './refusals.ts';

export interface Rules {
  /** Statements that the parser cannot read may be sent. */
  readonly unparsed: boolean;
  /** Null: not known here, the database decides. */
  readonly mode: Mode | null;
  /** Longest `statement_timeout` and `idle_in_transaction_session_timeout` of the grant, milliseconds. */
  readonly statementTimeoutMs: number;
  readonly idleTxTimeoutMs: number;
  /** What becomes of a dangerous shape where nobody can be asked. */
  readonly dangerous: Limits['port_dangerous'];
}

/** Settings of the session, as the server reports them, that decide how it reads a text and what it lets it do. */
export interface Reading {
  readonly clientEncoding: string;
  readonly standardStrings: boolean;
  /** `default_transaction_read_only`; true as well where a server before 14 does not report it. */
  readonly readOnly: boolean;
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

/** `classified` with what its EXECUTEs run ({@link Names.resolve}). */
export function judge(text: string, classified: Classified, rules: Rules, reading: Reading): Refused | null {
  const readOnly = rules.mode === 'read';
  return (
    forgedTag(text) ??
    unreadable(text, classified, rules, reading) ??
    (readOnly && !reading.readOnly && !mends(classified) ? fenceIsDown : null) ??
    leaving(text, classified, rules) ??
    refusedDeeds(classified, text, readOnly) ??
    (rules.dangerous === 'refuse' && classified.dangerous !== null ? dangerous(classified.dangerous) : null)
  );
}

function unreadable(text: string, classified: Classified, rules: Rules, reading: Reading): Refused | null {
  // With the old string syntax a backslash means something else to the server than to the parser.
  const misread = !reading.standardStrings && text.includes('\\');
  if ((classified.kind !== 'unparsed' && !misread) || rules.unparsed) return null;
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

/** May be sent although the fence is down: it puts it up again, or ends the transaction. */
const mends = ({ kind }: Classified): boolean => kind === 'set' || kind === 'transaction' || kind === 'empty';

function leaving(text: string, classified: Classified, rules: Rules): Refused | null {
  const fence = { ...rules, readOnly: rules.mode === 'read' };
  for (const setting of classified.settings) {
    const left = leavesFence(setting, fence);
    if (left === null) continue;
    const mode = /^(default_)?transaction_read_only$/.test(left.setting);
    const what = left.setting === 'computed' ? 'a setting whose name is computed' : left.setting;
    return {
      rule: `fence:${left.setting}`.slice(0, 64),
      code: mode ? '25006' : '42501',
      message: mode
        ? `this grant is read-only: setting ${what} is not allowed`
        : `setting ${what} is not allowed in this grant`,
      detail: 'It would leave the limits of the grant. The statement was not sent.',
      hint: left.hint,
      position: positionOf(text, setting.at),
    };
  }
  return null;
}

/** A FunctionCall message names its function by a number, so only its own are known, and only by that. */
export function judgeCall(oid: number, rules: Rules): Refused | null {
  const name = numberedFunctions.get(oid);
  if (name !== undefined) return refusedCall(name);
  return rules.mode === 'read' ? refusedCall(null) : null;
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
    hint: `${mend} it in the editor of the Vitrine app, where you can confirm it.`,
  };
}
