/** What time brings to the changes of a live grant, and what another collector left half done. Pure. (I3) */
import { type Change, changesOf } from './change.ts';
import type { Grant, Instant } from './machine.ts';

/** A collector that dies while it makes a change is succeeded this long after; one that dies before it begins, sooner. */
const TAKEOVER_MS = 20_000;
const BEGIN_MS = 3000;
const END_TAKEOVER_MS = 1500;

/** When a change needs a hand next; null where none of them does. */
export function wakeAt(grant: Pick<Grant, 'changes'>): Instant | null {
  const times = changesOf(grant).flatMap((change): Instant[] => {
    switch (change.phase) {
      case 'asked':
        return [change.lapsesAt];
      case 'approved':
        return [Math.min(change.lapsesAt, approvedAt(change) + BEGIN_MS)];
      case 'making':
        return [(change.from ?? 0) + TAKEOVER_MS, change.kind === 'elevate' ? (change.until ?? 0) : Infinity];
      case 'in_force':
        return [change.until ?? 0];
      case 'ending':
        return [(change.end?.at ?? 0) + END_TAKEOVER_MS];
      default:
        return [];
    }
  });
  return times.length === 0 ? null : Math.min(...times);
}

function approvedAt({ approvals, askedAt }: Change): Instant {
  const last = approvals.at(-1);
  return last === undefined ? askedAt : Date.parse(last.at);
}

/** What time has brought to a grant's changes by `at`: what is to be done about which, in order. */
export type Due = { readonly id: string; readonly do: 'lapse' | 'make' | 'end' | 'fail' | 'lower' };
export function dueChanges(grant: Pick<Grant, 'changes'>, at: Instant): readonly Due[] {
  return changesOf(grant).flatMap((change): Due[] => {
    const { id, phase, until, from, lapsesAt, end } = change;
    if ((phase === 'asked' || phase === 'approved') && lapsesAt <= at) return [{ id, do: 'lapse' }];
    if (phase === 'approved' && approvedAt(change) + BEGIN_MS <= at) return [{ id, do: 'make' }];
    if (phase === 'in_force' && until !== null && until <= at) return [{ id, do: 'end' }];
    if (phase === 'making' && ((from ?? 0) + TAKEOVER_MS <= at || (until !== null && until <= at)))
      return [{ id, do: 'fail' }];
    if (phase === 'ending' && (end?.at ?? 0) + END_TAKEOVER_MS <= at) return [{ id, do: 'lower' }];
    return [];
  });
}
