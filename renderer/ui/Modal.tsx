/** A native modal dialog: focus stays inside and goes back where it was, Escape is "no". */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export function Modal(props: {
  readonly title: string;
  readonly className?: string;
  readonly onNo: () => void;
  /** Gets the id of what describes the dialog. */
  readonly children: (detail: string) => ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const detail = useId();
  // In the same breath as the page: a key right behind the one that opens or closes it must not get lost.
  useLayoutEffect(() => {
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
      className={props.className === undefined ? 'dialog' : `dialog ${props.className}`}
      aria-labelledby={title}
      aria-describedby={detail}
      onCancel={(event) => {
        event.preventDefault();
        props.onNo();
      }}
    >
      <h2 id={title}>{props.title}</h2>
      {props.children(detail)}
    </dialog>
  );
}
