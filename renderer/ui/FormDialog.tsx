/** A dialog that is filled in: Enter does what its button says, Escape and the other button leave everything as it is. */
import type { ReactNode } from 'react';
import { Modal } from './Modal.tsx';

export function FormDialog(props: {
  readonly title: string;
  readonly className?: string;
  /** What happens on Enter: a verb, not "OK". */
  readonly action: string;
  /** The way out; "Cancel" unless it only goes a step back. */
  readonly back?: string;
  /** It cannot be done now, or is being done. */
  readonly disabled?: boolean;
  readonly onSubmit: () => void;
  readonly onNo: () => void;
  /** The fields; gets the id of what describes the dialog. */
  readonly children: (detail: string) => ReactNode;
}) {
  return (
    <Modal
      title={props.title}
      {...(props.className === undefined ? {} : { className: props.className })}
      onNo={props.onNo}
    >
      {(detail) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            props.onSubmit();
          }}
        >
          {props.children(detail)}
          <div className="actions">
            <button type="button" className="btn large" onClick={props.onNo}>
              {props.back ?? 'Cancel'}
            </button>
            <button type="submit" className="btn large primary" disabled={props.disabled === true}>
              {props.action}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}

/** What stands under a field: what to put in, or, told at once, what is wrong with what is there. */
export const FieldHint = ({
  id,
  wrong,
  children,
}: {
  readonly id: string;
  readonly wrong: string | null;
  readonly children: ReactNode;
}) => (
  <span id={id} className={wrong === null ? 'hint' : 'problem'} role={wrong === null ? undefined : 'alert'}>
    {wrong ?? children}
  </span>
);
