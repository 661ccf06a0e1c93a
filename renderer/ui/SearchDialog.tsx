/** A dialog to look something up in: what is searched for above, what was found below, and nothing to decide. */
import { type ReactNode, useState } from 'react';
import { Modal } from './Modal.tsx';

export function SearchDialog(props: {
  readonly title: string;
  readonly className: string;
  /** Name of the field. */
  readonly search: string;
  readonly placeholder: string;
  /** What is looked for at first. */
  readonly first?: string;
  /** Name of the part below. */
  readonly list: string;
  readonly onClose: () => void;
  readonly children: (typed: string) => ReactNode;
}) {
  const [typed, setTyped] = useState(props.first ?? '');
  return (
    <Modal title={props.title} className={`search-dialog ${props.className}`} onNo={props.onClose}>
      {(detail) => (
        <>
          <input
            id={detail}
            type="search"
            className="input"
            aria-label={props.search}
            placeholder={props.placeholder}
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              // Else the first Escape only clears the field.
              if (event.key === 'Escape') props.onClose();
            }}
          />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
          <section className="found" tabIndex={0} aria-label={props.list}>
            {props.children(typed)}
          </section>
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
