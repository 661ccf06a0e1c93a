/** A question that needs an answer: native modal dialog, focus kept inside, Escape is "no". */
import type { ReactNode } from 'react';
import { Modal } from './Modal.tsx';

export function Dialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** What happens on yes: a verb, not "OK". */
  readonly action: string;
  readonly danger?: boolean;
  /** The way out; "Cancel" unless cancelling means something else here. */
  readonly stay?: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  return (
    <Modal title={props.title} onNo={props.onNo}>
      {(detail) => (
        <>
          <div id={detail} className="detail">
            {props.children}
          </div>
          <div className="actions">
            <button type="button" className="btn large" onClick={props.onNo}>
              {props.stay ?? 'Cancel'}
            </button>
            <button type="button" className={`btn large ${props.danger ? 'danger' : 'primary'}`} onClick={props.onYes}>
              {props.action}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
