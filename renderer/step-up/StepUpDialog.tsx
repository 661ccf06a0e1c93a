/** Over whatever asked for it: the browser is open for a new sign-in; what was filled in stays underneath. */
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import { ask, type Bridge } from '../bridge.ts';
import { Foreign } from '../ui/Foreign.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useStepUp } from './use-step-up.ts';
import './step-up.css';

const NEXT: Readonly<Record<StepUpState['purpose'], string>> = {
  request: 'Your request is then sent by itself. What you filled in is kept.',
  open: 'The glass then opens by itself.',
  change: 'Your grant is changed when you are back.',
  approve: 'Your answer is then sent by itself. What you chose is kept.',
};

export function StepUpDialog({ bridge }: { readonly bridge: Bridge }) {
  const state = useStepUp(bridge);
  // Before the glass opens, the page of the request says it itself.
  if (state === null || state.purpose === 'open') return null;
  const cancel = () => void ask(bridge.cancelStepUp());
  return (
    <Modal title="Sign in once more" className="step-up" onNo={cancel}>
      {(detail) => (
        <>
          <div id={detail} className="detail">
            <p>
              <Foreign of={state.message} />
            </p>
            <p>A page is open in your browser. {NEXT[state.purpose]}</p>
          </div>
          <p className="wait" role="status">
            <span className="spinner" />
            Waiting for the browser…
          </p>
          <div className="actions">
            <button type="button" className="btn large" onClick={cancel}>
              Cancel
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
