/** The review desk: the queue on the left, one grant beside it. j/k and the arrows move in whichever has the focus. */
import { useRef } from 'react';
import type { QueueItem } from '../../../shared/api.ts';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Blank, Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { isLive } from '../words/grant.ts';
import { type GrantKeys, GrantView } from './grant-view.tsx';
import { Queue } from './queue.tsx';
import './desk.css';

const EVERY_LIVE = 5000;
const EVERY = 20_000;

/** Where `step` leads from `at` in a list of `length`; starts at the near end. */
export function stepIn(length: number, at: number, step: 1 | -1): number {
  if (length === 0) return -1;
  if (at < 0) return step === 1 ? 0 : length - 1;
  return Math.min(length - 1, Math.max(0, at + step));
}

const STEPS: Record<string, 1 | -1> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function DeskPage({ grant }: { readonly grant: string | null }) {
  const { calls, go, onSignedOut } = useDesk();
  const queue = useLive<QueueItem[]>('queue', {
    load: (_, signal) => calls.queue({ signal }),
    pause: (items) => (items.some((item) => isLive(item.request)) ? EVERY_LIVE : EVERY),
    onSignedOut,
  });
  const items = queue.value;
  const now = useNow(items?.some((item) => isLive(item.request)) === true ? 1000 : 30_000);
  const chosen = grant ?? items?.[0]?.request.id ?? null;
  const list = useRef<HTMLElement>(null);
  const keys = useRef<GrantKeys | null>(null);

  useKeys((key) => {
    const inGrant = keys.current?.hasFocus() === true;
    const step = STEPS[key];
    if (step !== undefined) {
      if (inGrant) return keys.current?.step(step) ?? false;
      if (items === null) return false;
      const next =
        items[
          stepIn(
            items.length,
            items.findIndex((item) => item.request.id === chosen),
            step,
          )
        ];
      if (next === undefined) return false;
      go(`/review/${next.request.id}`);
      list.current?.querySelector<HTMLElement>(`[data-grant="${next.request.id}"]`)?.focus();
      return true;
    }
    if (key === 'Escape' || key === 'ArrowLeft') {
      if (!inGrant) return false;
      list.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
      return true;
    }
    if (key === 'ArrowRight') return inGrant ? false : (keys.current?.enter() ?? false);
    return keys.current?.key(key) ?? false;
  });

  return (
    <div className="desk" data-open={grant !== null}>
      <Queue ref={list} items={items} problem={queue.problem} chosen={chosen} now={now} />
      {items === null && chosen === null && queue.problem === null && <Loading what="Reading the queue" />}
      {items === null && chosen === null && queue.problem !== null && (
        <div className="desk-problem">
          <ProblemNote problem={queue.problem}>
            <button type="button" className="link" onClick={queue.reload}>
              Try now
            </button>
          </ProblemNote>
        </div>
      )}
      {items !== null && chosen === null && (
        <main className="desk-empty">
          <StaleBar problem={queue.problem} />
          <Blank mark={<Icon name="endorsed" size={32} />} title="Nothing waits for a review">
            <p>
              No grant is live and every review is signed off. When somebody breaks the glass it appears here at once,
              with its deadline.
            </p>
          </Blank>
        </main>
      )}
      {chosen !== null && (
        <GrantView key={chosen} id={chosen} keys={keys} onSigned={queue.reload} back={grant !== null} />
      )}
    </div>
  );
}
