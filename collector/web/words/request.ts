/**
 * Where a request stands for the person who looks at it: one state, one headline, one sentence on what it means.
 * Pure; the page adds the clock.
 */
import type { Person, RequestView } from '../../../shared/api.ts';
import { type Standing, standingOf } from '../../../shared/approve.ts';
import { endWords, firstName } from './grant.ts';
import { listed, plural } from './number.ts';

export type Stand =
  | Standing
  /** Waits, and this person does not approve. */
  | 'watching'
  | 'approved'
  | 'denied'
  | 'withdrawn'
  | 'lapsed'
  | 'active'
  | 'ended';

export function standOf(request: RequestView, person: Person): Stand {
  switch (request.state) {
    case 'requested': {
      const standing = standingOf(request, person.sub);
      const approves = person.roles.includes('approver') || standing === 'own' || standing === 'given';
      return approves ? standing : 'watching';
    }
    case 'approved':
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
    case 'active':
      return request.state;
    default:
      return 'ended';
  }
}

export type StandTone = 'wait' | 'ok' | 'danger' | 'live' | 'quiet';
export interface StandWords {
  readonly tone: StandTone;
  readonly title: string;
  readonly text: string;
}

/** `1 approval by dba (Li Na or Sofia Rossi)`; empty where the collector does not say. */
export const missingWords = (request: Pick<RequestView, 'approvals_missing'>): readonly string[] =>
  (request.approvals_missing ?? []).map(({ count, groups, people }) => {
    const by = groups === null ? '' : ` by ${groups.join(' or ')}`;
    const who = people.length === 0 ? 'nobody is known who could' : people.join(', ');
    return `${plural(count, 'approval')}${by} (${who})`;
  });
/** `Still missing: 1 approval by security (Ingrid Solheim).` */
function stillMissing(request: RequestView): string | null {
  const words = missingWords(request);
  return words.length === 0 ? null : `Still missing: ${listed(words)}.`;
}

const letInBy = (request: RequestView, person: Person): string => {
  if (request.alone) return `${firstName(request.by.name)} broke the glass alone`;
  if (request.approvals.some((approval) => approval.sub === person.sub)) return 'You approved this';
  const names = request.approvals.map((approval) => approval.name).join(' and ');
  return names === '' ? 'Approved' : `Approved by ${names}`;
};

/** `decided` is what this person has just done on this page, before and after the collector said so. */
export function standWords(request: RequestView, person: Person, decided: 'approve' | 'deny' | null): StandWords {
  const who = firstName(request.by.name);
  const minutes = plural(request.minutes, 'minute');
  switch (standOf(request, person)) {
    case 'answer':
      return { tone: 'wait', title: `${who} waits for your answer`, text: 'Nothing is open until you approve.' };
    case 'own':
      return {
        tone: 'wait',
        title: 'This is your own request',
        text: `Somebody else has to answer it. ${
          stillMissing(request) ?? `Asked: ${request.approvers.join(', ') || 'nobody can approve it now'}.`
        }`,
      };
    case 'given': {
      const missing = request.approvals_needed - request.approvals.length;
      return {
        tone: 'ok',
        title: 'You approved this',
        text:
          stillMissing(request) ??
          `${plural(missing, 'more approval')} ${missing === 1 ? 'is' : 'are'} needed before ${who} can start.`,
      };
    }
    case 'uncounted':
      return {
        tone: 'wait',
        title: 'Your approval would not count here',
        text: stillMissing(request) ?? 'People of other groups are still missing.',
      };
    case 'watching':
      return {
        tone: 'wait',
        title: `${who} waits for an answer`,
        text: stillMissing(request) ?? `Approvers decide: ${request.approvers.join(', ')}.`,
      };
    case 'approved':
      return {
        tone: 'ok',
        title: letInBy(request, person),
        text: `${who} can open ${request.target.label} now. The ${minutes} start when ${who} does.`,
      };
    case 'denied':
      return {
        tone: 'danger',
        title: decided === 'deny' ? 'You denied this' : 'Denied',
        text: `${who} was told${request.note === null || request.note === '' ? '' : ' why'}. Nothing was opened.`,
      };
    case 'withdrawn':
      return {
        tone: 'quiet',
        title: `${who} withdrew this`,
        text: 'Nothing was opened. There is nothing left to answer.',
      };
    case 'lapsed':
      return {
        tone: 'quiet',
        title: 'Nobody answered in time',
        text: `The request lapsed and nothing was opened. ${who} can ask again.`,
      };
    case 'active':
      return {
        tone: 'live',
        title: `${request.target.label} is open`,
        text: `${letInBy(request, person)}. ${who} is working now; every statement is recorded.`,
      };
    case 'ended': {
      const reason = endWords[request.end_reason ?? 'expired'];
      const by = request.ended_by === null ? '' : ` By ${request.ended_by}.`;
      return {
        tone: 'quiet',
        title: `${request.target.label} is closed again`,
        text: `${reason}${by} ${letInBy(request, person)}.`,
      };
    }
  }
}
