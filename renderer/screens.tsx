/** The screens outside a live grant: each is the glass bar and one thing in the middle. */
import { type ReactNode, useEffect } from 'react';
import type { Person, RequestView } from '../shared/api.ts';
import type { AppState } from '../shared/ipc.ts';
import { ask, type Bridge, type UserError } from './bridge.ts';
import { GlassBar, type GlassState } from './glass/GlassBar.tsx';
import { PersonMenu } from './PersonMenu.tsx';
import { RequestForm } from './request/RequestForm.tsx';
import { Waiting } from './request/Waiting.tsx';
import { Summary } from './summary/Summary.tsx';
import { useToast } from './ui/Toasts.tsx';

export function Page(props: {
  readonly state: GlassState;
  readonly title: string;
  readonly sentence: string;
  readonly menu: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = props.title;
  }, [props.title]);
  return (
    <div className="page">
      <GlassBar state={props.state}>
        <span className="target">
          <b>Vitrine</b>
        </span>
        <span className="sentence" role="status">
          {props.sentence}
        </span>
        <span className="grow" />
        {props.menu}
      </GlassBar>
      <main>{props.children}</main>
    </div>
  );
}

function useSignOut(bridge: Bridge): () => void {
  const say = useToast();
  return () =>
    void ask(bridge.signOut()).then((answer) => {
      if (!answer.ok) say(answer.error);
    });
}

export function LockedScreen({ bridge, state }: { bridge: Bridge; state: Extract<AppState, { phase: 'locked' }> }) {
  const signOut = useSignOut(bridge);
  const queued = state.ledger.recorded - state.ledger.in_ledger;
  return (
    <Page
      state="locked"
      title="Vitrine · locked"
      sentence={
        queued > 0
          ? `The glass is closed. ${queued} earlier ${queued === 1 ? 'record is' : 'records are'} on the way to the ledger.`
          : 'The glass is closed. No database can be reached.'
      }
      menu={<PersonMenu person={state.person} onSignOut={signOut} />}
    >
      <RequestForm bridge={bridge} options={state.options} prefill={state.prefill} problem={state.problem} />
    </Page>
  );
}

export function WaitingScreen(props: {
  readonly bridge: Bridge;
  readonly person: Person;
  readonly request: RequestView;
  /** What is being done to open the glass; null while somebody has to answer. */
  readonly step: string | null;
  readonly problem?: UserError | null;
}) {
  const { request, step } = props;
  return (
    <Page
      state="requested"
      title={`${step === null ? 'Waiting for approval' : 'Opening'} · ${request.target.label} · Vitrine`}
      sentence={step === null ? 'Asked. Waiting for approval; the glass is still closed.' : 'Opening the glass…'}
      menu={<PersonMenu person={props.person} />}
    >
      <Waiting bridge={props.bridge} request={request} step={step} problem={props.problem ?? null} />
    </Page>
  );
}

const endings = {
  expired: 'The time was over. The glass is closed.',
  handed_back: 'Handed back. The glass is closed.',
  revoked: 'Somebody closed the glass. No database can be reached.',
  failed: 'The glass had to be closed.',
} as const;

export function ClosedScreen({ bridge, state }: { bridge: Bridge; state: Extract<AppState, { phase: 'closed' }> }) {
  const signOut = useSignOut(bridge);
  return (
    <Page
      state="closed"
      title={`Closed · ${state.summary.target} · Vitrine`}
      sentence={endings[state.summary.why]}
      menu={<PersonMenu person={state.person} onSignOut={signOut} />}
    >
      <Summary bridge={bridge} summary={state.summary} />
    </Page>
  );
}
