/** What people are told about a connection: refusals of the relay itself, and what became of a statement that was cut. */
import { Fault } from '../../../shared/errors.ts';
import type { EndReason } from '../../../shared/grants.ts';
import type { GateRefusal } from '../gate.ts';
import { tagText } from '../upstream.ts';
import type { TransactionStatus } from '../wire/messages.ts';
import type { Refused } from './judge.ts';
import type { Operation, Result } from './operation.ts';

/**
 * Takes our tag out of the server's words, and puts a position that lies behind the user's text to its end: there, the
 * server would have said the same of the text alone. Answers whether something changed.
 */
export function untag(fields: Map<string, string>, operation: Operation): boolean {
  let changed = false;
  const tag = tagText(operation.intent);
  for (const [letter, value] of fields) {
    if (!value.includes('/*vitrine:')) continue;
    fields.set(letter, value.replaceAll(tag, '').replaceAll(/\n\/\*vitrine:[\w-]{22}\*\//g, ''));
    changed = true;
  }
  const position = Number(fields.get('P') ?? 0);
  if (position > 0 && operation.text !== null && position > operation.text.length / 2) {
    const end = [...operation.text].length + 1;
    if (position > end) {
      fields.set('P', String(end));
      changed = true;
    }
  }
  return changed;
}

/** `at 14:32 UTC` */
export const atUtc = (wall: number): string => `at ${new Date(wall).toISOString().slice(11, 16)} UTC`;

/** What the clients are told, and why nothing more is sent. */
export function endedBy(why: EndReason, wall: number): GateRefusal {
  const at = atUtc(wall);
  const words: Record<EndReason, string> = {
    expired: `grant expired ${at}`,
    handed_back: `grant handed back ${at}`,
    revoked: `grant revoked ${at}`,
    failed: `grant ended ${at} because of a fault`,
  };
  return {
    code: '57P01',
    message: words[why],
    detail: 'Nothing is sent outside a live grant.',
    hint: 'Ask for access again.',
  };
}

/** For a statement that was cancelled while it waited for its permit. */
export const cancelled: Refused = {
  rule: 'cancelled',
  code: '57014',
  message: 'canceling statement due to user request',
  detail: 'It had not been sent.',
};
export const closing: GateRefusal = { code: '57P01', message: 'the connection is closing', hint: 'Connect again.' };

export const protocolError = (message: string): Refused => ({
  rule: 'protocol_violation',
  code: '08P01',
  message: `protocol violation: ${message}`,
  hint: 'The connection was closed. Connect again.',
});
export function defect(error: unknown): Refused {
  console.error(error instanceof Error ? error.stack : error);
  return {
    rule: 'defect',
    code: 'XX000',
    message: 'the relay met a defect of its own',
    detail: 'Nothing more was sent.',
    hint: 'Connect again, and report what you did.',
  };
}
export function logRefusal(error: unknown): Refused {
  if (!(error instanceof Fault)) return defect(error);
  return {
    rule: 'log_failed',
    code: '58030',
    message: error.message,
    detail: 'The statement was not sent.',
    hint: error.hint,
  };
}

export function fateOf(operation: Operation, result: Result, wasOpen: boolean): string {
  const open = wasOpen && operation.classified?.transaction !== 'commit';
  switch (result) {
    case 'ok':
      if (operation.classified?.transaction === 'commit') return 'It finished: the transaction was committed.';
      if (operation.classified?.writes === false && !open) return 'It finished before the connection was closed.';
      return open
        ? 'It finished, and was rolled back with its transaction.'
        : 'It finished and was committed before the connection was closed.';
    case 'cancelled':
      return 'The server cancelled it; nothing of it was kept.';
    case 'error':
      return `The server refused it (${operation.sqlstate ?? 'no code'}); nothing of it was kept.`;
    case 'not_sent':
      return 'It was not sent.';
    case 'unknown':
      return open
        ? 'The server did not answer in time; its transaction is rolled back.'
        : 'The server did not answer in time: whether it was committed is not known.';
  }
}

export function transactionAtEnd(
  running: Operation | null,
  result: Result,
  wasOpen: boolean,
  now: TransactionStatus,
): string | null {
  if (running?.classified?.transaction === 'commit')
    return result === 'ok'
      ? 'The transaction was committed.'
      : result === 'unknown'
        ? 'Whether the transaction was committed is not known.'
        : 'The open transaction was rolled back.';
  return wasOpen || now !== 'idle' ? 'The open transaction was rolled back.' : null;
}
