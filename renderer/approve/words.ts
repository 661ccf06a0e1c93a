/** Requests in the words of the panel. Pure: "now" is always a parameter. */
import type { RequestView } from '../../shared/api.ts';
import { type Standing, standingOf } from '../../shared/approve.ts';
import { clock, plural } from '../words/format.ts';

const listed = new Intl.ListFormat('en', { type: 'disjunction' });

/** `1 approval by security is missing: Ingrid Solheim or Omar can give it` */
export const missingWords = (request: RequestView): string[] =>
  (request.approvals_missing ?? []).map(({ count, groups, people }) => {
    const by = groups === null ? '' : ` by ${listed.format(groups)}`;
    const who = people.length === 0 ? 'nobody is known who could give it' : `${listed.format(people)} can give it`;
    return `${plural(count, 'approval')}${by} ${count === 1 ? 'is' : 'are'} missing: ${who}`;
  });

/** Why this person cannot approve it; null where they can. */
export function whyNot(request: RequestView, sub: string): string | null {
  const why: Readonly<Record<Standing, string | null>> = {
    answer: null,
    own: 'This is your own request. Somebody else has to answer it.',
    given: 'You have approved this. It waits for others.',
    uncounted: `${request.approval_refused ?? 'Your approval would not count'}.`,
  };
  return why[standingOf(request, sub)];
}

/** `lapses in 12:59` */
export const lapses = (request: RequestView, now: number): string =>
  `lapses in ${clock(Date.parse(request.lapses_at) - now)}`;

/** `asked 3 minutes ago` */
export function asked(request: RequestView, now: number): string {
  const minutes = Math.floor((now - Date.parse(request.created_at)) / 60_000);
  return minutes < 1 ? 'asked just now' : `asked ${plural(minutes, 'minute')} ago`;
}

export const firstName = (request: RequestView): string => request.by.name.split(' ')[0] ?? request.by.name;

/** What an answer has come to. */
export function outcomeWords(request: RequestView, what: 'approve' | 'deny'): string {
  const who = firstName(request);
  if (what === 'deny') return `You denied this. ${who} reads your reason now; nothing was opened.`;
  const minutes = plural(request.minutes, 'minute');
  if (request.state !== 'requested')
    return `You approved this. ${who} can open ${request.target.label} now, for ${minutes}.`;
  return `You approved this. ${missingWords(request).join('; ') || 'Another approval is missing'}.`;
}
