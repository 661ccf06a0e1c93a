/** A notice in words, the same on every channel. What people chose stands on one line and hides nothing. Pure. */
import { visibleLine, visibleName } from '../../shared/visible.ts';
import type { Notice } from './notice.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

const MOST_NAME = 120;
const MOST_LINE = 1000;
/** Whole characters, at most `most` units of UTF-16. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const short = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(short) ? short.slice(0, -1) : short}…`;
}
const nameOf = (text: string): string => cut(visibleName(text), MOST_NAME);
const lineOf = (text: string): string => cut(visibleLine(text), MOST_LINE);
/** `26 Nov 2026, 14:02 UTC`. */
const moment = (at: string): string => {
  const [day, time] = [new Date(at).toUTCString().slice(5, 16).replace(/^0/, ''), at.slice(11, 16)];
  return `${day}, ${time} UTC`;
};

/** One line, at most a few hundred characters. */
export function titleOf({ event, request, by, change }: Notice): string {
  if (request === null)
    return event === 'channel_test'
      ? 'Test of a Vitrine channel'
      : 'The Vitrine collector does not take its policy file';
  const who = nameOf(request.by.name);
  const where = `${nameOf(request.target.label)} (${request.target.environment})`;
  switch (event) {
    case 'glass_broken':
      return `${who} broke the glass alone: ${where}, ${request.severity}`;
    case 'change_waiting':
      return `${who} asks for ${change?.kind === 'extend' ? 'more time' : 'write access'}: ${where}, ${request.severity}`;
    case 'elevated':
      return `${who} may write now: ${where}, ${request.severity}`;
    case 'envelope_opened':
      return `${who} opened an offline envelope: ${where}, ${request.severity}`;
    case 'grant_revoked':
      return `${by === null ? 'Somebody' : nameOf(by)} revoked the access of ${who} to ${where}`;
    case 'review_overdue':
      return `Review overdue: ${who} on ${where}, ${request.severity}`;
    default:
      return `${who} waits for an approval: ${where}, ${request.severity}`;
  }
}

export function factsOf({ event, at, request, change, detail }: Notice): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, value: string): void => void facts.push({ name, value });
  if (request !== null) {
    add('Who', nameOf(request.by.name));
    add('Target', `${nameOf(request.target.label)} (${request.target.environment})`);
    add('Access', `${request.scope.mode === 'write' ? 'Write' : 'Read'}, ${nameOf(request.scope.label)}`);
    add('Severity', request.severity);
    if (change !== undefined && change.tables.length > 0) add('Writes to', lineOf(change.tables.join(', ')));
    const { minutes } = change ?? request;
    add('For', `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}${change?.kind === 'extend' ? ' more' : ''}`);
    add('Incident', request.ticket);
    add('Reason', lineOf((change ?? request).reason));
    if (event === 'request_waiting') {
      if (request.approvals_needed > 1) add('Approvals', `${request.approvals_needed} are needed`);
      add('Lapses', moment(request.lapses_at));
    }
    if (event === 'review_overdue' && request.review_due_at !== null) add('Was due', moment(request.review_due_at));
  }
  if (detail !== null) add('Problem', lineOf(detail));
  add('At', moment(at));
  return facts;
}

/** What the link leads to. */
export const linkWords = ({ event, request }: Notice): string => {
  if (request === null) return 'Open the collector';
  if (event === 'request_waiting' || event === 'change_waiting') return 'Answer the request';
  return event === 'review_overdue' ? 'Read and sign it off' : 'See the request';
};
