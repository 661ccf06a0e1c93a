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
  /** A second thing that may be done; its verb comes before the first one's. */
  readonly other?: { readonly action: string; readonly danger?: boolean; readonly onYes: () => void } | undefined;
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
            {props.other !== undefined && (
              <button
                type="button"
                className={`btn large ${props.other.danger ? 'danger' : ''}`}
                onClick={props.other.onYes}
              >
                {props.other.action}
              </button>
            )}
            <button type="button" className={`btn large ${props.danger ? 'danger' : 'primary'}`} onClick={props.onYes}>
              {props.action}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
