/**
 * The life of the glass as a plain function: state and event in, state and effects out (docs/architecture.md, “The way of a grant”). Nothing here
 * touches a clock, a socket or a disk. An event that does not fit the state changes nothing: late answers are harmless,
 * and no event leads from an ended grant back to a live one without a new request. (I3, I6)
 */
import type { Options, Person, RequestView } from '../../shared/api.ts';
import type { EndReason } from '../../shared/grants.ts';
import type { Summary, UserError } from '../../shared/ipc.ts';

export type Glass =
  | { readonly phase: 'starting'; readonly problem: UserError | null }
  | { readonly phase: 'key'; readonly key: 'choose' | 'unlock'; readonly problem: UserError | null }
  | { readonly phase: 'signed-out'; readonly problem: UserError | null }
  | { readonly phase: 'signing-in' }
  | { readonly phase: 'locked'; readonly person: Person; readonly options: Options; readonly problem: UserError | null }
  | { readonly phase: 'waiting'; readonly person: Person; readonly options: Options; readonly request: RequestView }
  | {
      readonly phase: 'activating';
      readonly person: Person;
      readonly options: Options;
      readonly request: RequestView;
      readonly step: string;
    }
  | { readonly phase: 'live'; readonly person: Person; readonly options: Options; readonly request: RequestView }
  | {
      readonly phase: 'closing';
      readonly person: Person;
      readonly options: Options;
      readonly request: RequestView;
      readonly why: EndReason;
    }
  | {
      readonly phase: 'closed';
      readonly person: Person;
      readonly options: Options;
      readonly summary: Summary;
      /** It came out of an envelope: nobody is signed in. */
      readonly offline?: true;
    };

export type Event =
  | { readonly type: 'key-needed'; readonly key: 'choose' | 'unlock'; readonly problem: UserError | null }
  | { readonly type: 'key-ready' }
  /** The key is open; the collector is looked for. */
  | { readonly type: 'looking' }
  /** The log cannot be opened or the collector not be found: tried again. */
  | { readonly type: 'not-ready'; readonly problem: UserError }
  | { readonly type: 'sign-in' }
  | { readonly type: 'signed-in'; readonly person: Person; readonly options: Options }
  | { readonly type: 'sign-in-failed'; readonly problem: UserError | null }
  | { readonly type: 'sign-out' }
  | { readonly type: 'options'; readonly options: Options }
  | { readonly type: 'request'; readonly request: RequestView }
  | { readonly type: 'step'; readonly step: string }
  | { readonly type: 'opened'; readonly request: RequestView }
  | { readonly type: 'open-failed'; readonly problem: UserError }
  | { readonly type: 'end'; readonly why: EndReason }
  | { readonly type: 'ended'; readonly summary: Summary }
  | { readonly type: 'summary'; readonly summary: Summary }
  | { readonly type: 'dismiss' }
  /** An envelope was opened: its record is on the disk. */
  | {
      readonly type: 'envelope-opened';
      readonly person: Person;
      readonly options: Options;
      readonly request: RequestView;
    };

/** From where an envelope can be opened: nothing is open, and nothing is being opened. */
export const CAN_OPEN_ENVELOPE: readonly Glass['phase'][] = ['starting', 'signed-out', 'locked', 'waiting'];

export type Effect = 'start' | 'sign-in' | 'forget-login' | 'refresh-options' | 'watch' | 'activate' | 'close';

export interface Step {
  readonly glass: Glass;
  readonly effects: readonly Effect[];
}

const to = (glass: Glass, ...effects: Effect[]): Step => ({ glass, effects });

export function step(glass: Glass, event: Event): Step {
  const stay = to(glass);
  switch (event.type) {
    case 'key-needed':
      return glass.phase === 'starting' || glass.phase === 'key'
        ? to({ phase: 'key', key: event.key, problem: event.problem })
        : stay;
    case 'key-ready':
      return glass.phase === 'starting' || glass.phase === 'key' ? to({ phase: 'signed-out', problem: null }) : stay;
    case 'looking':
      return glass.phase === 'key' ? to({ phase: 'starting', problem: null }) : stay;
    case 'not-ready':
      return glass.phase === 'key' || glass.phase === 'starting'
        ? to({ phase: 'starting', problem: event.problem }, 'start')
        : stay;
    case 'sign-in':
      return glass.phase === 'signed-out' ? to({ phase: 'signing-in' }, 'sign-in') : stay;
    case 'signed-in':
      return glass.phase === 'signing-in'
        ? to({ phase: 'locked', person: event.person, options: event.options, problem: null })
        : stay;
    case 'sign-in-failed':
      return glass.phase === 'signing-in' ? to({ phase: 'signed-out', problem: event.problem }, 'forget-login') : stay;
    case 'sign-out':
      return glass.phase === 'locked' || glass.phase === 'closed'
        ? to({ phase: 'signed-out', problem: null }, 'forget-login')
        : stay;
    case 'options':
      return glass.phase === 'locked' ? to({ ...glass, options: event.options }) : stay;
    case 'request':
      return onRequest(glass, event.request);
    case 'step':
      return glass.phase === 'activating' ? to({ ...glass, step: event.step }) : stay;
    case 'opened':
      if (glass.phase !== 'activating' || glass.request.id !== event.request.id) return stay;
      return to({ phase: 'live', person: glass.person, options: glass.options, request: event.request }, 'watch');
    case 'open-failed':
      if (glass.phase !== 'activating') return stay;
      if (glass.request.offline) return to({ phase: 'starting', problem: event.problem }, 'start');
      return to(
        { phase: 'locked', person: glass.person, options: glass.options, problem: event.problem },
        'refresh-options',
      );
    case 'end':
      if (glass.phase !== 'live') return stay;
      return to(
        { phase: 'closing', person: glass.person, options: glass.options, request: glass.request, why: event.why },
        'close',
      );
    case 'ended':
      if (glass.phase !== 'closing' || glass.request.id !== event.summary.grant) return stay;
      return to({
        phase: 'closed',
        person: glass.person,
        options: glass.options,
        summary: event.summary,
        ...(glass.request.offline ? { offline: true } : {}),
      });
    case 'summary':
      if (glass.phase !== 'closed' || glass.summary.grant !== event.summary.grant) return stay;
      return to({ ...glass, summary: event.summary });
    case 'dismiss':
      if (glass.phase !== 'closed') return stay;
      if (glass.offline) return to({ phase: 'starting', problem: null }, 'start');
      return to({ phase: 'locked', person: glass.person, options: glass.options, problem: null }, 'refresh-options');
    case 'envelope-opened': {
      if (!CAN_OPEN_ENVELOPE.includes(glass.phase)) return stay;
      const { person, options, request } = event;
      const step = 'Opening the envelope';
      return to({ phase: 'activating', person, options, request, step }, 'activate');
    }
  }
}

/** A view of the request came in: the answer to sending it, or news from the collector. */
function onRequest(glass: Glass, request: RequestView): Step {
  if (glass.phase === 'locked' || glass.phase === 'waiting') {
    if (glass.phase === 'waiting' && glass.request.id !== request.id) return to(glass);
    const { person, options } = glass;
    switch (request.state) {
      case 'requested':
        return to(
          { phase: 'waiting', person, options, request },
          ...(glass.phase === 'locked' ? (['watch'] as const) : []),
        );
      case 'approved':
        return to({ phase: 'activating', person, options, request, step: 'Creating your database role' }, 'activate');
      default:
        return to({ phase: 'locked', person, options, problem: refusalOf(request) }, 'refresh-options');
    }
  }
  if (glass.phase !== 'live' || glass.request.id !== request.id) return to(glass);
  const ended = request.end_reason;
  if (ended === null) return to({ ...glass, request });
  return to({ phase: 'closing', person: glass.person, options: glass.options, request, why: ended }, 'close');
}

/** Why a request came to nothing, in words. */
function refusalOf(request: RequestView): UserError | null {
  switch (request.state) {
    case 'denied':
      return {
        code: 'denied',
        message: request.note ? `Your request was denied: “${request.note}”` : 'Your request was denied.',
        hint: 'Talk to the approver, or ask again with more detail.',
      };
    case 'lapsed':
      return {
        code: 'lapsed',
        message: 'Nobody answered your request in time.',
        hint: 'Ask again, or page an approver directly.',
      };
    case 'withdrawn':
      return null;
    default:
      return {
        code: request.state,
        message: `This request has already ended (${request.state.replace('_', ' ')}).`,
        hint: 'Ask again if you still need access.',
      };
  }
}
