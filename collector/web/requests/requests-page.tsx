/** What waits for an approval, for approvers who came without a link. j/k or the arrows move, Enter opens. */
import { useRef } from 'react';
import type { RequestView } from '../../../shared/api.ts';
import { scopeWords } from '../../../shared/scope-words.ts';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Blank, Chip, Foreign, Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageLink, TopBar } from '../ui/top-bar.tsx';
import { changeWords, waitingChange } from '../words/change.ts';
import { approvalsWords, environmentLabel } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { standOf } from '../words/request.ts';
import { agoWords, countdown } from '../words/time.ts';
import './requests.css';

const EVERY = 3000;

function Waiting({
  request,
  now,
  own,
}: {
  readonly request: RequestView;
  readonly now: number;
  readonly own: boolean;
}) {
  const { go } = useDesk();
  const approvals = approvalsWords(request);
  const change = waitingChange(request);
  const lapses = change?.lapses_at ?? request.lapses_at;
  return (
    <li>
      <PageLink to={`/requests/${request.id}`} go={go} className="waiting">
        <span className="row">
          <b>{request.by.name}</b>
          <span className="muted">on</span>
          <b>{request.target.label}</b>
          <Chip {...environmentLabel[request.target.environment]} />
          <Chip text={request.severity} tone="plain" />
          <Chip text={request.ticket} tone="plain" />
          <span className="grow" />
          {own && <Chip text="your own" tone="plain" />}
          {approvals !== null && <Chip text={approvals} tone="plain" />}
          <Chip text={`lapses in ${countdown(Date.parse(lapses) - now)}`} tone="warn" />
        </span>
        <span className="waiting-reason clip">
          “<Foreign of={change?.reason ?? request.reason} />”
        </span>
        <span className="muted num">
          {change === undefined
            ? `${scopeWords(request.scope)} · ${plural(request.minutes, 'minute')}`
            : `Working now; asks for ${changeWords(change)}`}{' '}
          · asked {agoWords(change?.asked_at ?? request.created_at, now)}
        </span>
      </PageLink>
    </li>
  );
}

export function RequestsPage() {
  const { calls, me, onSignedOut } = useDesk();
  const live = useLive<RequestView[]>('requests', {
    load: (_, signal) => calls.requests({ signal }),
    pause: () => EVERY,
    onSignedOut,
  });
  const now = useNow(1000);
  const list = useRef<HTMLUListElement>(null);
  const waiting =
    live.value?.filter((request) => request.state === 'requested' || waitingChange(request) !== undefined) ?? null;
  const mine =
    waiting?.filter(
      (request) => standOf(request, me.person) === 'answer' || waitingChange(request)?.approval_refused === null,
    ).length ?? 0;

  useKeys((key) => {
    const step = key === 'j' || key === 'ArrowDown' ? 1 : key === 'k' || key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return false;
    const links = Array.from(list.current?.querySelectorAll<HTMLElement>('a') ?? []);
    const at = document.activeElement instanceof HTMLElement ? links.indexOf(document.activeElement) : -1;
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    return links.length > 0;
  });

  return (
    <div className="page">
      <TopBar current="requests" />
      <main className="requests">
        <StaleBar problem={live.value === null ? null : live.problem} />
        {waiting === null && live.problem === null && <Loading what="Reading the requests" />}
        {waiting === null && live.problem !== null && <ProblemNote problem={live.problem} />}
        {waiting !== null && waiting.length === 0 && (
          <Blank level={1} mark={<Icon name="endorsed" size={32} />} title="Nobody waits for you">
            <p>A new request appears here by itself. You can leave this page open.</p>
          </Blank>
        )}
        {waiting !== null && waiting.length > 0 && (
          <div className="requests-list">
            <header className="row">
              <h1>Waiting for an answer</h1>
              <Chip text={mine === 0 ? 'none for you' : `${mine} for you`} tone={mine === 0 ? 'plain' : 'warn'} />
            </header>
            <ul ref={list}>
              {waiting.map((request) => (
                <Waiting key={request.id} request={request} now={now} own={request.by.sub === me.person.sub} />
              ))}
            </ul>
          </div>
        )}
        <div className="sr-only" role="status">
          {waiting === null ? '' : plural(waiting.length, 'request waits', 'requests wait')}
        </div>
      </main>
    </div>
  );
}
