/** Who waits, and one of them in full. Arrow keys walk the list; Escape closes it and keeps what was written. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { RequestView } from '../../shared/api.ts';
import { standingOf } from '../../shared/approve.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import type { Bridge } from '../bridge.ts';
import { TargetMark } from '../glass/TargetMark.tsx';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { Drafts } from './draft.ts';
import { RequestDetail } from './RequestDetail.tsx';
import { lapses, outcomeWords } from './words.ts';

/** The time, renewed every second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const mineFirst = (waiting: readonly RequestView[], me: string): RequestView[] => {
  const order = { answer: 0, uncounted: 1, given: 2, own: 3 } as const;
  return waiting.toSorted((a, b) => order[standingOf(a, me)] - order[standingOf(b, me)]);
};

export function ApprovePanel(props: {
  readonly bridge: Bridge;
  readonly state: ApprovalsState;
  readonly drafts: Drafts;
  readonly onClose: () => void;
}) {
  const { state, onClose } = props;
  const now = useNow();
  const list = useRef<HTMLUListElement>(null);
  const waiting = state.waiting === null ? null : mineFirst(state.waiting, state.me);
  /** The one that is looked at, as it was last known: it may be answered by somebody else meanwhile. */
  const [picked, setPicked] = useState<RequestView | null>(null);
  const [outcome, setOutcome] = useState<string | null>(null);
  const first = waiting?.[0] ?? null;
  const shown = picked === null ? first : (waiting?.find(({ id }) => id === picked.id) ?? null);
  const gone = picked !== null && waiting !== null && shown === null && outcome === null;
  useEffect(() => {
    if (shown !== null) setPicked(shown);
  }, [shown]);
  const pick = (request: RequestView) => {
    setPicked(request);
    setOutcome(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const to = Math.max(0, Math.min(buttons.length - 1, at + step));
    buttons[to]?.focus();
    const request = waiting?.[to];
    if (request !== undefined) pick(request);
  };

  return (
    <Modal title="Requests that wait" className="approve-panel" onNo={onClose}>
      {(detail) => (
        <>
          <div id={detail} className="approve-head" role="status">
            {state.problem !== null && (
              <Problem
                error={{ ...state.problem, hint: 'What you see was true a moment ago. It is asked again by itself.' }}
                kind="warn"
              />
            )}
            {outcome !== null && (
              <div className="note ok">
                <Icon name="tick" size={15} />
                <Foreign of={outcome} />
              </div>
            )}
            {gone && (
              <div className="note warn">
                <Icon name="info" size={15} />
                <Foreign
                  of={`${picked.by.name}’s request for ${picked.target.label} no longer waits: somebody else answered it, or it was withdrawn or has lapsed.`}
                />
              </div>
            )}
          </div>
          {waiting === null && state.problem === null && (
            <p className="approve-none" role="status">
              <span className="spinner" /> Asking the collector…
            </p>
          )}
          {waiting !== null && waiting.length === 0 && (
            <div className="approve-none">
              <Icon name="endorsed" size={15} />
              <p>Nobody waits for you. A new request appears here by itself, and the desktop tells you.</p>
            </div>
          )}
          {waiting !== null && waiting.length > 0 && (
            <div className="approve-parts">
              <ul ref={list} className="approve-list" aria-label="Who waits" onKeyDown={onKeyDown}>
                {waiting.map((request) => (
                  <li key={request.id}>
                    <button
                      type="button"
                      tabIndex={request.id === (shown ?? first)?.id ? 0 : -1}
                      aria-current={request.id === shown?.id ? 'true' : undefined}
                      onClick={() => pick(request)}
                    >
                      <span className="row">
                        <TargetMark of={request.target} />
                        <b className="clip">
                          <Foreign of={request.by.name} />
                        </b>
                        {standingOf(request, state.me) === 'own' && <span className="chip">yours</span>}
                      </span>
                      <span className="clip muted">
                        {request.target.label} · {request.severity} · {request.minutes} min
                      </span>
                      <span className="faint num">{lapses(request, now)}</span>
                    </button>
                  </li>
                ))}
                {state.count > waiting.length && (
                  <li className="faint approve-more">{state.count - waiting.length} more wait</li>
                )}
              </ul>
              {shown === null ? (
                <div className="approve-none">
                  <p>Pick the next one.</p>
                </div>
              ) : (
                <RequestDetail
                  key={shown.id}
                  bridge={props.bridge}
                  request={shown}
                  me={state.me}
                  now={now}
                  drafts={props.drafts}
                  onAnswered={(request, what) => {
                    props.drafts.delete(request.id);
                    setOutcome(outcomeWords(request, what));
                    // The form that had the focus is gone.
                    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
                  }}
                />
              )}
            </div>
          )}
          <div className="actions">
            <button type="button" className="btn large" onClick={onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
