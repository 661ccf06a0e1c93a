/**
 * What the desktop tells a person who looks elsewhere: that time runs out, that the glass was closed from outside, how a
 * request was answered. A pure follower of the states; whoever shows the notices decides how.
 */
import type { AppState, UserError } from '../../shared/ipc.ts';
import { MARKS, markPassed } from '../../shared/urgency.ts';
import { visibleLine } from '../../shared/visible.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
}

/** Longest answer that a notice shows, characters; an approver's own words are part of it. */
const MOST_OF_AN_ANSWER = 200;

/** Answers with what is to be told of a state after the one before it; null for nothing. */
export function openNotices(): (state: AppState) => Notice | null {
  let before: AppState | null = null;
  return (state) => {
    const notice = noticeOf(before, state);
    before = state;
    return notice;
  };
}

function noticeOf(before: AppState | null, now: AppState): Notice | null {
  switch (now.phase) {
    case 'locked':
      return before?.phase === 'waiting' && now.problem !== null ? refusalOf(before, now.problem) : null;
    case 'live':
      if (before?.phase === 'live' && before.grant.id === now.grant.id) return timeOf(before, now);
      return before?.phase === 'activating' && !before.request.alone
        ? { title: `The glass is open: ${now.grant.target.label}`, body: `You have ${minutes(now.grant.left_ms)}.` }
        : null;
    case 'closing':
      return before?.phase === 'live' ? endOf(now) : null;
    default:
      return null;
  }
}

type In<P extends AppState['phase']> = Extract<AppState, { phase: P }>;

function timeOf(before: In<'live'>, { grant, connection }: In<'live'>): Notice | null {
  const mark = markPassed(before.grant.left_ms, grant.left_ms);
  if (mark === null) return changeOf(before, grant);
  const open = connection.tx === 'idle' ? '' : ' The open transaction is rolled back then.';
  return {
    title: `${minutes(MARKS[mark])} left: ${grant.target.label}`,
    body: `The glass closes at ${clock(grant.expires_at)}.${open}`,
  };
}

/** What became of a change that the person asked for, and the end of what they were given. */
function changeOf(before: In<'live'>, grant: In<'live'>['grant']): Notice | null {
  const was = before.grant;
  const where = grant.target.label;
  const { elevation } = grant;
  if (was.elevation === null && elevation !== null)
    return {
      title: `You may write: ${where}`,
      body: `To ${elevation.tables.join(', ')}, until ${clock(elevation.until)}.`,
    };
  if (was.elevation !== null && elevation === null)
    return { title: `Write access is over: ${where}`, body: 'You can go on reading.' };
  if (grant.expires_at > was.expires_at)
    return { title: `More time: ${where}`, body: `The glass closes at ${clock(grant.expires_at)}.` };
  const gone = was.waiting.find(({ id }) => !grant.waiting.some((one) => one.id === id));
  if (gone === undefined) return null;
  // Made, it was told above.
  const what = gone.kind === 'extend' ? 'more time' : 'write access';
  return { title: `No ${what}: ${where}`, body: `Your request for ${what} came to nothing.` };
}

function endOf({ grant, why }: In<'closing'>): Notice | null {
  if (why === 'expired') return { title: `The glass is closed: ${grant.target.label}`, body: 'The time is over.' };
  if (why === 'revoked')
    return { title: `The glass is closed: ${grant.target.label}`, body: 'Your access was revoked.' };
  return null;
}

function refusalOf({ request }: In<'waiting'>, problem: UserError): Notice {
  return {
    title: `No access: ${request.target.label}, ${request.ticket}`,
    body: visibleLine(problem.message).slice(0, MOST_OF_AN_ANSWER),
  };
}

const minutes = (ms: number): string => {
  const whole = Math.max(1, Math.round(ms / 60_000));
  return `${whole} ${whole === 1 ? 'minute' : 'minutes'}`;
};
/** Hours and minutes where the person is. */
const clock = (iso: string): string =>
  new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
