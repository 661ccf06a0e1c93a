/** A question that needs an answer: native modal dialog, focus kept inside, Escape is "no". */
import { type ReactNode, useEffect, useId, useRef } from 'react';

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
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const detail = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={title}
      aria-describedby={detail}
      onCancel={(event) => {
        event.preventDefault();
        props.onNo();
      }}
    >
      <h2 id={title}>{props.title}</h2>
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
    </dialog>
  );
}
