/** What follows from a change of the live grant on this machine: connections are told, and the person is. */
import { Fault } from '../../shared/errors.ts';
import type { Relay, Runner } from '../proxy/index.ts';
import type { Saying } from '../proxy/runner/messages.ts';
import type { ChangeNews } from './changes.ts';

/** Hours and minutes in UTC, as the glass bar has them. */
const clock = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;

export function carryOut(
  news: ChangeNews,
  { relay, runner }: { readonly relay: Relay; readonly runner: Runner },
  changed: () => void,
): void {
  if (news.kind === 'elevated') runner.elevated();
  if (news.kind === 'lowered') {
    relay.lower();
    runner.lowered();
  }
  runner.say(sayingOf(news));
  changed();
}

function sayingOf(news: ChangeNews): Saying {
  switch (news.kind) {
    case 'extended':
      return { kind: 'ok', text: `The grant was extended; the glass closes at ${clock(news.until)}.` };
    case 'elevated':
      return {
        kind: 'warn',
        text: `You may write to ${news.elevation.tables.join(', ')} until ${clock(news.elevation.until)}.`,
        detail: 'A transaction that is open stays read-only to its end, and so do connections of other tools.',
      };
    case 'lowered':
      return {
        kind: news.why === 'handed_back' ? 'ok' : 'warn',
        text: `${LOWERED[news.why](news.by)} You can go on reading.`,
      };
    case 'answered':
      return { kind: 'warn', text: answeredWords(news.change) };
  }
}

const LOWERED = {
  expired: () => 'Write access is over.',
  handed_back: () => 'Write access is given back.',
  revoked: (by: string | null) => `${by ?? 'Somebody'} ended your write access.`,
  failed: () => 'Write access could not be kept up and was ended.',
} as const;

function answeredWords({ kind, state, note }: Extract<ChangeNews, { kind: 'answered' }>['change']): string {
  const what = kind === 'extend' ? 'more time' : 'write access';
  if (state === 'denied') return note ? `You get no ${what}: “${note}”` : `Your request for ${what} was denied.`;
  if (state === 'lapsed') return `Nobody answered your request for ${what} in time. You can ask again.`;
  return `Your request for ${what} was approved, but the database did not take it. You can ask again.`;
}

export function faultSaying(error: unknown): Saying {
  const words = error instanceof Fault ? error.message : 'A change of this grant did not check out and was not used.';
  return { kind: 'warn', text: words };
}
