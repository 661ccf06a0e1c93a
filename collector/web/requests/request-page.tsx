/** One request: who asks, for what exactly, why; approve or deny; and from then on what became of it, live. */
import { useEffect, useState } from 'react';
import type { RequestView } from '../../../shared/api.ts';
import { givenLess } from '../../../shared/given-less.ts';
import { isForbidden, Refusal } from '../api/client.ts';
import { APPROVERS, ForbiddenPage, UnknownPage } from '../signin/forbidden.tsx';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Chip, Foreign, Loading, Moment, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { approvalsWords, environmentLabel, firstName } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { standOf, standWords } from '../words/request.ts';
import { agoWords, countdown } from '../words/time.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import { Changes } from './changes.tsx';
import { DenyDialog } from './deny-dialog.tsx';
import { Foreseen } from './foreseen.tsx';
import { ScopeTable } from './scope-table.tsx';
import { cameBack, forgetBack } from './step-up.ts';
import { WhatHappens } from './what-happens.tsx';
import './requests.css';

const WAIT_S = 25;
/** A breath between two long polls, so that a collector that answers at once is not flooded. */
const BREATH_MS = 700;
const DONE: readonly RequestView['state'][] = [
  'expired',
  'handed_back',
  'revoked',
  'failed',
  'denied',
  'withdrawn',
  'lapsed',
];

/** The line that runs out: until the request lapses, then until the glass closes. */
function runsOut(request: RequestView, now: number): { readonly part: number; readonly words: string } | null {
  const between = (from: string, to: string): number => {
    const whole = Date.parse(to) - Date.parse(from);
    return whole <= 0 ? 0 : Math.min(1, Math.max(0, (Date.parse(to) - now) / whole));
  };
  if (request.state === 'requested' || request.state === 'approved')
    return {
      part: between(request.created_at, request.lapses_at),
      words: `lapses in ${countdown(Date.parse(request.lapses_at) - now)}`,
    };
  if (request.state === 'active' && request.activated_at !== null && request.expires_at !== null)
    return {
      part: between(request.activated_at, request.expires_at),
      words: `closes in ${countdown(Date.parse(request.expires_at) - now)}`,
    };
  return null;
}

function Stand({
  request,
  now,
  decided,
}: {
  readonly request: RequestView;
  readonly now: number;
  readonly decided: 'approve' | 'deny' | null;
}) {
  const { me } = useDesk();
  const words = standWords(request, me.person, decided);
  const line = runsOut(request, now);
  return (
    <header
      className="stand"
      data-tone={words.tone}
      style={{ '--left': `${(line?.part ?? 1) * 100}%` } as React.CSSProperties}
    >
      <span className="mark" />
      <div role="status" className="grow">
        <b>{words.title}</b>
        <span className="stand-text"> {words.text}</span>
      </div>
      {line !== null && <span className="stand-clock num">{line.words}</span>}
    </header>
  );
}

function Facts({ request, now }: { readonly request: RequestView; readonly now: number }) {
  const approvals = approvalsWords(request);
  return (
    <dl className="facts">
      <div>
        <dt>Severity</dt>
        <dd>{request.severity}</dd>
      </div>
      <div>
        <dt>Incident</dt>
        <dd className="mono">{request.ticket}</dd>
      </div>
      <div>
        <dt>For</dt>
        <dd className="num">
          {plural(request.minutes, 'minute')}
          {request.asked !== undefined && request.asked.minutes !== request.minutes && (
            <span className="faint"> of {request.asked.minutes}</span>
          )}
        </dd>
      </div>
      <div>
        <dt>Asked</dt>
        <dd>
          {agoWords(request.created_at, now)}
          <span className="faint">
            {' '}
            <Moment at={request.created_at} as="clock" />
          </span>
        </dd>
      </div>
      {approvals !== null && (
        <div>
          <dt>Approved</dt>
          <dd className="num">{approvals}</dd>
        </div>
      )}
    </dl>
  );
}

/** Somebody gave less than was asked for: said beside what is left of it. */
function GivenLess({ request }: { readonly request: RequestView }) {
  const said = givenLess(request);
  if (said.length === 0) return null;
  return (
    <div className="note warn given-less">
      <span>
        {said.map((sentence) => (
          <span key={sentence} className="given-less-one">
            <Foreign of={sentence} />.
          </span>
        ))}
      </span>
    </div>
  );
}

function Answers({
  request,
  counts,
  onAsk,
}: {
  readonly request: RequestView;
  /** An approval of this person would count; a denial always does. */
  readonly counts: boolean;
  readonly onAsk: (what: 'approve' | 'deny') => void;
}) {
  const who = firstName(request.by.name);
  return (
    <footer className="answers">
      {counts && (
        <button type="button" className="btn primary large" onClick={() => onAsk('approve')}>
          Approve…
        </button>
      )}
      <button type="button" className="btn large" onClick={() => onAsk('deny')}>
        Deny…
      </button>
      <span className="grow" />
      <span className="faint answers-keys">
        {counts && (
          <>
            <kbd className="kbd">A</kbd> approve{' '}
          </>
        )}
        <kbd className="kbd">D</kbd> deny
      </span>
      <span className="sr-only">
        {counts ? 'Both ask' : 'It asks'} once more before {who} hears of it.
      </span>
    </footer>
  );
}

function Outcome({ request }: { readonly request: RequestView }) {
  const { me, go } = useDesk();
  if (request.state === 'requested') return null;
  return (
    <footer className="answers">
      {request.state === 'denied' && request.note !== null && request.note !== '' && (
        <div className="note danger">
          <span>
            “<Foreign of={request.note} />”
          </span>
        </div>
      )}
      <span className="grow" />
      {me.person.roles.includes('reviewer') && request.activated_at !== null ? (
        <a className="btn large" href={`/review/${request.id}`}>
          Read what was done
        </a>
      ) : (
        me.person.roles.includes('approver') && (
          <button type="button" className="btn large" onClick={() => go('/requests')}>
            Other requests
          </button>
        )
      )}
    </footer>
  );
}

export function RequestPage({ id }: { readonly id: string }) {
  const { calls, me, onSignedOut } = useDesk();
  const [back, setBack] = useState(() => cameBack(id, me.person.sub));
  const [asking, setAsking] = useState<'approve' | 'deny' | null>(back === null ? null : 'approve');
  const [decided, setDecided] = useState<'approve' | 'deny' | null>(null);
  useEffect(() => forgetBack(id), [id]);
  const live = useLive<RequestView>(`request-${id}`, {
    load: (before, signal) =>
      calls.request(id, before === null ? null : { wait: WAIT_S, not: before.state, since: before.version }, {
        signal,
      }),
    pause: (request) => (DONE.includes(request.state) ? null : BREATH_MS),
    onSignedOut,
  });
  const request = live.value;
  const now = useNow(request !== null && DONE.includes(request.state) ? null : 1000);
  const stand = request === null ? null : standOf(request, me.person);
  const counts = stand === 'answer';
  const canAnswer = counts || stand === 'uncounted';

  useKeys((key) => {
    if (!canAnswer) return false;
    const lower = key.toLowerCase();
    if (lower !== 'd' && !(lower === 'a' && counts)) return false;
    setAsking(lower === 'a' ? 'approve' : 'deny');
    return true;
  });
  useEffect(() => {
    if (request === null) return;
    document.title = `${request.by.name} asks for ${request.target.label} · Vitrine`;
    return () => {
      document.title = 'Vitrine';
    };
  }, [request]);

  if (request === null && isForbidden(live.problem)) return <ForbiddenPage gate={APPROVERS} />;
  if (request === null && live.problem instanceof Refusal && live.problem.status === 404) return <UnknownPage />;

  const dialog = {
    onClose: () => {
      setAsking(null);
      setBack(null);
    },
    onAnswered: (answer: RequestView, what: 'approve' | 'deny') => {
      setAsking(null);
      setDecided(what);
      live.put(answer);
    },
    onMoved: () => {
      setAsking(null);
      live.reload();
    },
  };

  return (
    <div className="page">
      <TopBar current="requests" />
      <main className="request-middle">
        {request === null && live.problem === null && <Loading what="Reading the request" />}
        {request === null && live.problem !== null && (
          <ProblemNote problem={live.problem}>
            <button type="button" className="link" onClick={live.reload}>
              Try now
            </button>
          </ProblemNote>
        )}
        {request !== null && (
          <article className="card request-card">
            <Stand request={request} now={now} decided={decided} />
            <StaleBar problem={live.problem} />
            <div className="request-body">
              <div className="request-main">
                <div>
                  <p className="muted">
                    <b className="request-who">{request.by.name}</b>
                    {request.by.email !== undefined && <span> · {request.by.email}</span>}{' '}
                    {request.state === 'requested' ? 'asks' : 'asked'} to open
                  </p>
                  <div className="row request-title">
                    <h1>{request.target.label}</h1>
                    <Chip {...environmentLabel[request.target.environment]} />
                    <Chip
                      text={`${request.scope.mode === 'write' ? 'Write' : 'Read'} · ${request.scope.label}`}
                      tone={request.scope.mode === 'write' ? 'write' : 'live'}
                    />
                  </div>
                </div>
                <blockquote className="request-reason">
                  <Foreign of={request.reason} />
                </blockquote>
                <Facts request={request} now={now} />
                <GivenLess request={request} />
                <Changes request={request} now={now} onAnswered={(answer) => live.put(answer)} onMoved={live.reload} />
                <ScopeTable
                  scope={request.scope}
                  who={firstName(request.by.name)}
                  wider={(request.check?.blocks.length ?? 0) + (request.check?.widens.length ?? 0) > 0}
                />
                <Foreseen check={request.check} />
                {canAnswer ? (
                  <Answers request={request} counts={counts} onAsk={setAsking} />
                ) : (
                  <Outcome request={request} />
                )}
              </div>
              <WhatHappens request={request} />
            </div>
          </article>
        )}
      </main>
      {/* Whoever comes back from signing in may come too late: then the page itself says so. */}
      {request !== null && asking === 'approve' && (back === null || counts) && (
        <ApproveDialog request={request} back={back} {...dialog} />
      )}
      {request !== null && asking === 'deny' && <DenyDialog request={request} {...dialog} />}
    </div>
  );
}
