/** Approved, and a fresh sign-in is asked for before the glass opens: on the request's own page, begun when they are there. */
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import { ask, type Bridge } from '../bridge.ts';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import './step-up.css';

export function StepUpNote({ bridge, state }: { readonly bridge: Bridge; readonly state: StepUpState }) {
  const browser = state.stage === 'browser';
  return (
    <section className="step-up-note" aria-labelledby="step-up-title">
      <div className="note warn">
        <Icon name="key" size={15} />
        <div role="status">
          <b id="step-up-title">Sign in once more, and the glass opens</b>
          <div>
            <Foreign of={state.message} />
          </div>
        </div>
      </div>
      {state.problem !== null && <Problem error={state.problem} />}
      <div className="row">
        {browser ? (
          <>
            <span className="spinner" />
            <span className="muted grow">A page is open in your browser. This window goes on by itself.</span>
            <button type="button" className="btn large" onClick={() => void ask(bridge.cancelStepUp())}>
              Cancel
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              className="btn primary large"
              // biome-ignore lint/a11y/noAutofocus: the only thing to do on this page
              autoFocus
              onClick={() => void ask(bridge.startStepUp())}
            >
              {state.problem === null ? 'Sign in with the browser' : 'Try again'}
            </button>
            <span className="grow" />
            <button type="button" className="btn quiet large" onClick={() => void ask(bridge.cancelStepUp())}>
              Withdraw the request
            </button>
          </>
        )}
      </div>
    </section>
  );
}
