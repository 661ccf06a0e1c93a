/** A plan on the screen: while it is made, when it is there, and why there is none. */
import { type ReactNode, useEffect, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { Keys } from '../commands/index.ts';
import { ErrorCard } from '../results/ErrorCard.tsx';
import { recordWords } from '../results/words.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import { elapsed } from '../words/format.ts';
import { duration } from './duration.ts';
import { PlanView, type Shape, shapes } from './PlanView.tsx';
import { type Plan, readPlan } from './plan.ts';
import { planText } from './plan-text.ts';
import type { ExplainHandle, Explanation } from './use-explain.ts';
import './explain.css';

export function ExplainPane(props: {
  readonly bridge: Bridge;
  readonly tab: string;
  readonly explain: ExplainHandle;
  /** The switch between rows, plan and chart. */
  readonly views: ReactNode;
  /** Leaves the plan: the person said no. */
  readonly onLeave: () => void;
  /** Marks the error in the editor, at an offset of the text that was explained; false when its place has changed since. */
  readonly onError: (explanation: Explanation, position: number | null, message: string, jump: boolean) => boolean;
}) {
  const { tab, explain } = props;
  const explanation = explain.of(tab);
  const answer = explanation?.answer ?? null;
  return (
    <section className="results" aria-label="Plan">
      {explanation === undefined || answer === null || answer.kind !== 'plan' ? (
        <>
          <div className="result-bar">
            {explanation === undefined || explanation.refused !== null || answer !== null ? (
              <b>{answer?.kind === 'failed' && answer.status === 'cancelled' ? 'Cancelled' : 'No plan'}</b>
            ) : (
              <Waiting explanation={explanation} onCancel={() => void explain.cancel(tab)} />
            )}
            <span className="grow" />
            <Record explanation={explanation} />
            {props.views}
          </div>
          <div className="result-body">
            {explanation === undefined && <NothingYet />}
            {explanation?.refused != null && (
              <div className="result-card">
                <Problem error={explanation.refused} />
              </div>
            )}
            {answer?.kind === 'failed' && answer.status === 'error' && explanation !== undefined && (
              <ErrorCard
                result={{ id: answer.record.result, error: answer }}
                onJump={(jump) => props.onError(explanation, answer.position, answer.message, jump)}
              />
            )}
            {answer?.kind === 'failed' && answer.status !== 'error' && (
              <div className="result-card">
                <Problem
                  kind={answer.status === 'cancelled' ? 'warn' : 'danger'}
                  error={{
                    code: answer.code,
                    message: answer.message,
                    hint: [answer.detail, answer.hint].filter(Boolean).join(' ') || null,
                  }}
                />
              </div>
            )}
          </div>
        </>
      ) : (
        <PlanShown key={explanation.startedAt} {...props} explanation={explanation} answer={answer} />
      )}
      {answer?.kind === 'confirm' && explanation !== undefined && (
        <Dialog
          title={answer.title}
          action={answer.action}
          danger
          stay="Do not run"
          onYes={() => void explain.start(tab, explanation, true, true)}
          onNo={() => {
            explain.dismiss(tab);
            props.onLeave();
          }}
        >
          {answer.detail}
        </Dialog>
      )}
    </section>
  );
}

/** That the EXPLAIN was recorded, and where. */
function Record({ explanation }: { readonly explanation: Explanation | undefined }) {
  const { answer, record } = explanation ?? { answer: null, record: null };
  if (answer === null || answer.kind === 'confirm' || record === null) return null;
  const { text, kind } = recordWords({ ...record, status: answer.kind === 'plan' ? 'done' : answer.status });
  return <span className={`chip ${kind}`}>{text}</span>;
}

function Waiting({ explanation, onCancel }: { readonly explanation: Explanation; readonly onCancel: () => void }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <span className="spinner" />
      <b role="status">{explanation.analyze ? 'Running it to measure' : 'Asking for the plan'}</b>
      <span className="muted num">{elapsed(now - explanation.startedAt)}</span>
      <button type="button" className="btn" onClick={onCancel}>
        <Icon name="stop" size={11} />
        Cancel <kbd className="kbd">Esc</kbd>
      </button>
    </>
  );
}

function NothingYet() {
  return (
    <div className="result-empty">
      <dl>
        <dt>
          <Keys of="Mod+E" />
        </dt>
        <dd>shows the plan of the current statement, without running it</dd>
        <dt>
          <Keys of="Mod+Shift+E" />
        </dt>
        <dd>runs it to measure the plan, and rolls back what it did</dd>
      </dl>
    </div>
  );
}

type Answer = Extract<Explanation['answer'], { kind: 'plan' }>;

const undoneWords: Readonly<Record<Answer['undone'], string | null>> = {
  nothing: null,
  transaction: 'It was run in a transaction that was rolled back: nothing that it did was kept.',
  savepoint:
    'It was run behind a savepoint of your open transaction, and that was rolled back to: nothing that it did was kept.',
};

function PlanShown(props: {
  readonly bridge: Bridge;
  readonly tab: string;
  readonly explain: ExplainHandle;
  readonly views: ReactNode;
  readonly explanation: Explanation;
  readonly answer: Answer;
}) {
  const { answer, explanation, explain, tab } = props;
  const [shape, setShape] = useState<Shape>('tree');
  const [copied, setCopied] = useState(false);
  const [plan] = useState(() => readPlan(answer.json));
  if (plan === null)
    return (
      <>
        <div className="result-bar">
          <b>No plan</b>
          <span className="grow" />
          {props.views}
        </div>
        <pre className="plan-text">{answer.json}</pre>
      </>
    );
  const copy = async () => {
    const answered = await ask(props.bridge.copyText(shape === 'json' ? answer.json : planText(plan)));
    if (!answered.ok) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const undone = undoneWords[answer.undone];
  return (
    <>
      <div className="result-bar">
        <b className="result-title">{plan.measured ? 'Plan, measured' : 'Plan'}</b>
        <span className="faint num clip">{timesOf(plan)}</span>
        {answer.analyze && <span className={`chip ${answer.writes ? 'write' : ''}`}>rolled back</span>}
        <span className="grow" />
        <span className="sr-only" role="status">
          {copied ? 'Copied.' : `The plan is here. ${timesOf(plan)}. ${undone ?? 'It was not run.'}`}
        </span>
        <Record explanation={explanation} />
        {!answer.analyze && (
          <button
            type="button"
            className="btn"
            title="Runs the statement, measures it, and rolls back what it did"
            onClick={() => void explain.start(tab, explanation, true)}
          >
            Measure…
          </button>
        )}
        <button type="button" className="btn quiet" onClick={() => void copy()}>
          <Icon name={copied ? 'tick' : 'clipboard'} size={11} />
          {copied ? 'Copied' : 'Copy'}
        </button>
        <fieldset className="bare plan-shapes">
          <legend className="sr-only">Plan as</legend>
          {shapes.map(([one, label]) => (
            <label key={one}>
              <input type="radio" name="plan-shape" checked={one === shape} onChange={() => setShape(one)} />
              {label}
            </label>
          ))}
        </fieldset>
        {props.views}
      </div>
      <div className="result-body">
        {undone !== null && <div className={answer.writes ? 'result-note' : 'plan-note'}>{undone}</div>}
        {answer.notices.map((notice) => (
          <div key={notice} className="plan-note">
            {notice}
          </div>
        ))}
        <PlanView plan={plan} shape={shape} json={answer.json} />
      </div>
    </>
  );
}

const timesOf = ({ planningMs, executionMs, root, measured }: Plan): string =>
  [
    planningMs === null ? null : `planned in ${duration(planningMs)}`,
    measured ? `ran ${duration(executionMs ?? root.total)}` : `not run · estimated cost ${root.total.toFixed(0)}`,
  ]
    .filter(Boolean)
    .join(' · ');
