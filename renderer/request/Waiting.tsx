/** Asked, and waiting: who can answer, since when, until when, the link to send them. Also the moment of opening. */
import { useEffect, useState } from 'react';
import type { RequestView } from '../../shared/api.ts';
import { givenLess } from '../../shared/given-less.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { EnvelopeLink } from '../envelope/index.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { TargetMark } from '../glass/TargetMark.tsx';
import { StepUpNote, useStepUp } from '../step-up/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { minutes, plural, utcTime } from '../words/format.ts';
import './request.css';

const minutesSince = (timestamp: string) => Math.max(0, Math.floor((Date.now() - Date.parse(timestamp)) / 60_000));

/** Minutes since, as words; re-read every few seconds. */
function useSince(timestamp: string): string {
  const [since, setSince] = useState(() => minutesSince(timestamp));
  useEffect(() => {
    setSince(minutesSince(timestamp));
    const timer = setInterval(() => setSince(minutesSince(timestamp)), 5000);
    return () => clearInterval(timer);
  }, [timestamp]);
  return since === 0 ? 'just now' : `${plural(since, 'minute')} ago`;
}

const listed = new Intl.ListFormat('en', { type: 'disjunction' });

/** From whom approvals are still missing: of which groups, where the policy names some. */
function Missing({ request }: { readonly request: RequestView }) {
  const named = request.approvals_missing ?? [];
  if (named.every(({ groups }) => groups === null))
    return (
      <div className="muted">
        {request.approvers.length === 0
          ? 'Nobody can approve right now. Tell the people who run the collector.'
          : `${listed.format(request.approvers)} can approve`}
      </div>
    );
  return named.map(({ count, groups, people }) => {
    const by = groups === null ? '' : ` by ${listed.format(groups)}`;
    const who = people.length === 0 ? 'nobody is known who could give it' : `${listed.format(people)} can give it`;
    return (
      <div key={groups?.join(' ') ?? ''} className="muted">
        <Foreign of={`${plural(count, 'approval')}${by} ${count === 1 ? 'is' : 'are'} missing: ${who}`} />
      </div>
    );
  });
}

export function Waiting(props: {
  readonly bridge: Bridge;
  readonly request: RequestView;
  readonly step: string | null;
  /** Why nothing is heard of it now. */
  readonly problem?: UserError | null;
}) {
  const { bridge, request, step } = props;
  const say = useToast();
  const since = useSince(request.created_at);
  const stepUp = useStepUp(bridge);
  const signIn = step !== null && stepUp?.purpose === 'open' ? stepUp : null;
  const [asking, setAsking] = useState(false);
  const [copied, setCopied] = useState(false);
  const missing = Math.max(0, request.approvals_needed - request.approvals.length);
  const less = givenLess(request);

  const withdraw = async () => {
    setAsking(false);
    const answer = await ask(bridge.withdrawRequest());
    if (!answer.ok) say(answer.error);
  };
  const copy = async () => {
    const answer = await ask(bridge.copyText(request.url));
    if (!answer.ok) return say(answer.error);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };

  return (
    <section className="card waiting" aria-labelledby="waiting-title">
      <div className="waiting-head">
        <div className="row">
          <h1 id="waiting-title">{step === null ? 'Waiting for approval' : 'Opening the glass'}</h1>
          <span className="grow" />
          {signIn === null && <span className="spinner" />}
        </div>
        <p role="status">
          {(signIn === null ? step : 'Approved. The glass opens when you have signed in.') ??
            (missing === 0
              ? 'Approved. The glass opens now.'
              : `${missing === 1 ? 'One person has' : `${missing} people have`} to approve. It opens by itself; you can keep this window open.`)}
        </p>
        <div className="row">
          <TargetMark of={request.target} />
          <b>{request.target.label}</b>
          <span className={`chip ${environmentKind(request.target.environment)}`}>
            {environmentWord[request.target.environment]}
          </span>
          <span className="chip">{request.scope.label}</span>
          <span className="chip">{request.severity}</span>
          <span className="chip">{request.ticket}</span>
        </div>
      </div>
      {signIn !== null && <StepUpNote bridge={bridge} state={signIn} />}
      {props.problem && (
        <Problem
          error={{ ...props.problem, hint: 'The request stands. It is asked for again by itself.' }}
          kind="warn"
        />
      )}
      {props.problem && <EnvelopeLink bridge={bridge} />}
      <dl>
        <dt>Why</dt>
        <dd className="selectable">
          <Foreign of={request.reason} />
        </dd>
        <dt>For</dt>
        <dd>{minutes(request.minutes)}, counted from the moment it opens</dd>
        {less.length > 0 && (
          <>
            <dt>Given</dt>
            <dd>
              <div className="given-less" role="status">
                {less.map((sentence) => (
                  <div key={sentence}>
                    <Foreign of={`${sentence}.`} />
                  </div>
                ))}
              </div>
            </dd>
          </>
        )}
        <dt>Asked</dt>
        <dd className="num">
          {utcTime(request.created_at)} · {since}
        </dd>
        {(request.approvals.length > 0 || request.approvals_needed > 0) && (
          <>
            <dt>Approvals</dt>
            <dd className="steps">
              {request.approvals.map((approval) => (
                <div key={approval.sub}>
                  <Icon name="tick" />
                  <Foreign of={approval.name} /> <span className="faint num">{utcTime(approval.at)}</span>
                </div>
              ))}
              {missing > 0 && <Missing request={request} />}
            </dd>
          </>
        )}
        {step === null && (
          <>
            <dt>Lapses</dt>
            <dd className="num">at {utcTime(request.lapses_at)}, if nobody answers</dd>
            <dt>Their page</dt>
            <dd className="link">
              <span className="mono clip selectable">{request.url}</span>
              <button type="button" className="btn" onClick={() => void copy()}>
                <Icon name={copied ? 'tick' : 'clipboard'} size={12} />
                {copied ? 'Copied' : 'Copy link'}
              </button>
            </dd>
          </>
        )}
      </dl>
      {step === null && (
        <div className="foot">
          <span className="faint">Nothing is open yet, and nothing is running.</span>
          <span className="grow" />
          <button type="button" className="btn large" onClick={() => setAsking(true)}>
            Withdraw…
          </button>
        </div>
      )}
      {asking && (
        <Dialog
          title="Withdraw the request?"
          action="Withdraw"
          stay="Keep waiting"
          onYes={() => void withdraw()}
          onNo={() => setAsking(false)}
        >
          Whoever was told sees that it was withdrawn. You can ask again at any time.
        </Dialog>
      )}
    </section>
  );
}
