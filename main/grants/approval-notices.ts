/** What the desktop tells an approver who looks elsewhere: that somebody waits for them. A pure follower of the states. */
import type { RequestView } from '../../shared/api.ts';
import { standingOf } from '../../shared/approve.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { Notice } from './notices.ts';

const MOST_OF_A_REASON = 160;

/** Those that this person can answer with an approval. */
export const forMe = ({ waiting, me }: ApprovalsState): RequestView[] =>
  (waiting ?? []).filter((request) => standingOf(request, me) === 'answer');

/** Answers with what is to be told of a state after those before it; null for nothing. Each request is told once. */
export function openApprovalNotices(): (state: ApprovalsState | null) => Notice | null {
  let told = new Set<string>();
  return (state) => {
    if (state === null) {
      told = new Set();
      return null;
    }
    const fresh = forMe(state).filter(({ id }) => !told.has(id));
    for (const { id } of fresh) told.add(id);
    const [one, ...others] = fresh;
    if (one === undefined) return null;
    if (others.length === 0) return noticeOf(one);
    const names = new Set(fresh.map(({ by }) => by.name));
    return {
      title: `${fresh.length} requests wait for your answer`,
      body: visibleLine(`From ${[...names].join(', ')}`).slice(0, MOST_OF_A_REASON),
    };
  };
}

function noticeOf({ by, target, severity, ticket, minutes, reason }: RequestView): Notice {
  return {
    title: visibleLine(`${by.name} asks for ${target.label}`),
    body: visibleLine(`${severity} · ${ticket} · ${minutes} min · ${reason}`).slice(0, MOST_OF_A_REASON),
  };
}
