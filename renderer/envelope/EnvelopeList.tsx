/** The envelopes of this device: what each would open, until when, and what became of those that were opened. */
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import type { UserError } from '../bridge.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { TargetMark } from '../glass/TargetMark.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { stateWords } from './words.ts';

export function EnvelopeList(props: {
  /** Null while they are read, or could not be. */
  readonly envelopes: readonly HeldEnvelope[] | null;
  readonly problem: UserError | null;
  readonly canOpen: boolean;
  readonly onOpen: (envelope: HeldEnvelope) => void;
  readonly onClose: () => void;
}) {
  const { envelopes, problem } = props;
  return (
    <Modal title="Offline envelopes" className="envelopes" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail} className="muted">
            For the day when the collector or the sign-in does not answer. An approver reads you the code that opens
            one. It opens once, only reads, and everything is recorded.
          </p>
          {problem !== null && <Problem error={problem} />}
          {envelopes?.length === 0 && (
            <p role="status">
              This device holds no envelope. Two approvers can seal one for it on the collector’s page; it arrives here
              while you are signed in.
            </p>
          )}
          {envelopes !== null && envelopes.length > 0 && (
            <ul>
              {envelopes.map((one) => (
                <li key={one.id} data-state={one.state}>
                  <TargetMark of={one.target} />
                  <div className="grow">
                    <div className="row">
                      <b>{one.target.label}</b>
                      <span className={`chip ${environmentKind(one.target.environment)}`}>
                        {environmentWord[one.target.environment]}
                      </span>
                      <span className="chip">{one.scope.label}</span>
                      <span className="chip">{one.severity}</span>
                    </div>
                    <div className="muted">{stateWords(one)}</div>
                  </div>
                  {one.state === 'sealed' && (
                    <button
                      type="button"
                      className="btn large"
                      disabled={!props.canOpen}
                      title={props.canOpen ? undefined : 'Hand back what is open first'}
                      onClick={() => props.onOpen(one)}
                    >
                      Open…
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )}
          <div className="actions">
            <button type="button" className="btn large" onClick={props.onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
