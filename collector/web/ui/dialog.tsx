/** A modal question on the browser's own <dialog>: focus stays inside, Escape closes, focus goes back where it was. */
import { type ReactNode, type SubmitEvent, useEffect, useId, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly wide?: boolean;
  /** What somebody came to do first: write, or else answer. */
  readonly focus?: 'write' | 'answer';
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  readonly actions: ReactNode;
}

export function Dialog({ title, wide = false, focus = 'write', onClose, onSubmit, children, actions }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const first = useRef(focus);
  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    const write = first.current === 'write' ? element?.querySelector<HTMLElement>('textarea') : null;
    (write ?? element?.querySelector<HTMLElement>('[type=submit]'))?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form onSubmit={submit} noValidate>
        <h2 id={heading}>{title}</h2>
        {children}
        <div className="actions">{actions}</div>
      </form>
    </dialog>
  );
}
