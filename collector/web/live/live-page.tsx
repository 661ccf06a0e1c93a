/** Who has access now, and the kill switch: for one grant, its person, device or target, or everything. */
import { useRef, useState } from 'react';
import type { LiveGrant } from '../../../shared/api-stop.ts';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Blank, Chip, Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { plural } from '../words/number.ts';
import { choicesOf, everything, isPending, type StopChoice } from '../words/stop.ts';
import { LiveRow } from './live-row.tsx';
import { StopDialog } from './stop-dialog.tsx';
import './live.css';

const EVERY = 1000;

type Asking = { readonly of: 'everything' } | { readonly of: 'grant'; readonly grant: LiveGrant };

function Rows({
  title,
  grants,
  now,
  onStop,
}: {
  readonly title: string;
  readonly grants: readonly LiveGrant[];
  readonly now: number;
  readonly onStop: (grant: LiveGrant) => void;
}) {
  if (grants.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="live-title">{title}</h2>
      <ul className="live-list">
        {grants.map((grant) => (
          <LiveRow key={grant.id} grant={grant} now={now} onStop={() => onStop(grant)} />
        ))}
      </ul>
    </section>
  );
}

/** j/k and the arrows move from one stop button to the next; Enter presses it. */
function useRowKeys(list: { readonly current: HTMLElement | null }): void {
  useKeys((key) => {
    const step = key === 'j' || key === 'ArrowDown' ? 1 : key === 'k' || key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return false;
    const buttons = Array.from(list.current?.querySelectorAll<HTMLElement>('[data-stop]') ?? []);
    const at = document.activeElement instanceof HTMLElement ? buttons.indexOf(document.activeElement) : -1;
    const next = buttons[at < 0 ? 0 : Math.min(buttons.length - 1, Math.max(0, at + step))];
    next?.focus();
    return next !== undefined;
  });
}

export function LivePage() {
  const { calls, onSignedOut } = useDesk();
  const live = useLive<LiveGrant[]>('live', {
    load: (_, signal) => calls.live({ signal }),
    pause: () => EVERY,
    onSignedOut,
  });
  const now = useNow(1000);
  const [asking, setAsking] = useState<Asking | null>(null);
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);

  const grants = live.value;
  const open = grants?.filter((grant) => !isPending(grant)) ?? [];
  const pending = grants?.filter(isPending) ?? [];
  const active = open.filter(({ state }) => state === 'active').length;
  const choices = (): readonly [StopChoice, ...StopChoice[]] => {
    const all = grants ?? [];
    if (asking?.of !== 'grant') return [everything(grants, now)];
    // It may have ended while the question stood; then it is still what the question is about.
    const one = all.find(({ id }) => id === asking.grant.id) ?? asking.grant;
    const [first, ...rest] = choicesOf(one, all, now);
    return first === undefined ? [everything(all, now)] : [first, ...rest];
  };

  return (
    <div className="page">
      <TopBar current="live" />
      <main className="live-page">
        <header className="row live-head">
          <h1>Who has access now</h1>
          {grants !== null && (
            <Chip text={active === 0 ? 'nobody' : `${active} live`} tone={active === 0 ? 'ok' : 'live'} />
          )}
          <span className="grow" />
          <button type="button" className="btn danger" onClick={() => setAsking({ of: 'everything' })}>
            Stop everything…
          </button>
        </header>
        <StaleBar problem={grants === null ? null : live.problem} />
        {grants === null && live.problem === null && <Loading what="Looking who has access" />}
        {grants === null && live.problem !== null && (
          <ProblemNote problem={live.problem}>
            <button type="button" className="link" onClick={live.reload}>
              Try now
            </button>
          </ProblemNote>
        )}
        {grants !== null && (
          <>
            <div ref={list} className="live-lists">
              <Rows title="Open" grants={open} now={now} onStop={(grant) => setAsking({ of: 'grant', grant })} />
              <Rows
                title="Not open yet"
                grants={pending}
                now={now}
                onStop={(grant) => setAsking({ of: 'grant', grant })}
              />
            </div>
            {grants.length === 0 && (
              <Blank mark={<Icon name="lock" size={32} />} title="Every glass is shut">
                <p>Nobody has access and nobody waits for it. Whoever opens one appears here within a second.</p>
              </Blank>
            )}
            {grants.length > 0 && (
              <p className="faint live-keys">
                <kbd className="kbd">J</kbd> <kbd className="kbd">K</kbd> move <kbd className="kbd">Enter</kbd> stop
              </p>
            )}
          </>
        )}
        <div className="sr-only" role="status">
          {grants === null ? '' : `${plural(active, 'grant')} live`}
        </div>
      </main>
      {asking !== null && (
        <StopDialog choices={choices()} now={grants} onClose={() => setAsking(null)} onStopped={live.reload} />
      )}
    </div>
  );
}
