/** What an approver says yes to, in main's own words: from what main knows of the request, never from the page. Pure. (I7) */
import type { RequestView } from '../../shared/api.ts';
import { leftOf } from '../../shared/approve.ts';
import { Fault } from '../../shared/errors.ts';
import { lessWords } from '../../shared/given-less.ts';
import type { ApproveWish } from '../../shared/ipc-approve.ts';
import { tableName } from '../../shared/narrow.ts';
import { scopeWords } from '../../shared/scope-words.ts';
import { visibleLine } from '../../shared/visible.ts';

export interface ApprovalQuestion {
  readonly message: string;
  readonly detail: string;
  readonly action: string;
}

const MOST_TABLES = 12;
const MOST_OF_A_TEXT = 300;
const text = (words: string): string => visibleLine(words).slice(0, MOST_OF_A_TEXT);

/** Throws a Fault where the request is another one than was looked at, or nothing would be left of it. */
export function approvalQuestion(request: RequestView, wish: Omit<ApproveWish, 'note'>): ApprovalQuestion {
  const { minutes = request.minutes, scope = '', without = [] } = wish;
  const left = leftOf(request, { minutes: String(minutes), scope, dropped: without });
  if (request.digest !== wish.digest || (scope !== '' && left.label === undefined))
    throw new Fault(
      'request_changed',
      'This request is no longer the one that you looked at.',
      'Nothing was approved. Look at what it is now, then answer.',
    );
  if (left.scope === null || left.minutes === null)
    throw new Fault('nothing_left', 'Nothing would be left of this request.', 'Leave a table in, or deny it.');
  const { tables } = left.scope;
  const more = tables.length > MOST_TABLES ? `, and ${tables.length - MOST_TABLES} more` : '';
  const less = lessWords({ ...left.less, scope: left.label }, request);
  const given = `${left.minutes} ${left.minutes === 1 ? 'minute' : 'minutes'}`;
  return {
    message: text(`Let ${request.by.name} into ${request.target.label} for ${given}?`),
    detail: [
      text(`${request.target.environment} · ${request.severity} · ${request.ticket}`),
      text(`${scopeWords(left.scope)}.`),
      text(`${tables.slice(0, MOST_TABLES).map(tableName).join(', ')}${more}`),
      ...(less === null ? [] : [text(`You give ${less}.`)]),
      text(`“${request.reason}”`),
    ].join('\n'),
    action: 'Approve',
  };
}
