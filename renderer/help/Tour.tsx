/** One minute through the window: a ring around a place, a few words beside it. Enter goes on, Escape ends it. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { Keys } from '../commands/index.ts';
import { beside } from './beside.ts';

interface Step {
  /** What the ring is drawn around. */
  readonly at: string;
  readonly title: string;
  readonly words: string;
  readonly key?: string;
}

const steps: readonly Step[] = [
  {
    at: '.glass',
    title: 'The glass',
    words:
      'It is open for this database, this scope and this long. At five minutes it turns amber, at one minute red; then the connection is cut and what is open rolls back.',
  },
  {
    at: '.side',
    title: 'What you may see',
    words:
      'Tables, and what this grant allows of each. What is struck through is not in it. Enter puts a name into the editor.',
    key: 'Mod+K',
  },
  {
    at: '.editor-panel',
    title: 'Your statements',
    words:
      'The line beside the text marks the statement that will run. Tabs and their text are kept, also after a crash.',
    key: 'Mod+Enter',
  },
  {
    at: '.results',
    title: 'Results',
    words:
      'Rows stay in memory, encrypted, and go with the glass. Each statement is signed and recorded before it is sent; the chip says when it is in the ledger.',
  },
  {
    at: '.status',
    title: 'Other tools',
    words:
      'psql, DBeaver or a script of yours can come in through the local port, under the same grant and the same record.',
    key: 'Mod+Shift+D',
  },
  {
    at: '.glass .btn.primary',
    title: 'Hand back',
    words:
      'When you are done, close the glass early. Afterwards there is a page to paste into the ticket, and your evidence.',
    key: 'Mod+Shift+H',
  },
];

/** Of the words, px. */
const WIDTH = 380;

export function Tour({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const card = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const [at, setAt] = useState(0);
  const [place, setPlace] = useState<{ ring: DOMRect; left: number; top: number } | null>(null);
  const title = useId();
  const shown = steps.filter((step) => document.querySelector(step.at) !== null);
  const step = shown[at];
  const last = at >= shown.length - 1;

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useLayoutEffect(() => {
    const put = () => {
      const ring = step === undefined ? undefined : document.querySelector(step.at)?.getBoundingClientRect();
      const size = card.current?.getBoundingClientRect();
      if (ring === undefined || size === undefined) return;
      setPlace({ ring, ...beside(ring, size, window.innerWidth, window.innerHeight) });
    };
    put();
    window.addEventListener('resize', put);
    return () => window.removeEventListener('resize', put);
  }, [step]);

  const placed = place !== null;
  useEffect(() => {
    // Only what can be seen can have the focus; Enter goes on.
    if (placed) next.current?.focus();
  }, [placed]);

  if (step === undefined) return null;
  return (
    <dialog
      ref={dialog}
      className="tour"
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {place !== null && (
        <div
          className="tour-ring"
          style={{ left: place.ring.left, top: place.ring.top, width: place.ring.width, height: place.ring.height }}
        />
      )}
      <div
        ref={card}
        className="tour-card"
        style={{
          width: WIDTH,
          left: place?.left ?? 0,
          top: place?.top ?? 0,
          visibility: place === null ? 'hidden' : 'visible',
        }}
      >
        <h2 id={title}>
          {step.title}
          {step.key !== undefined && <Keys of={step.key} />}
        </h2>
        <p aria-live="polite">{step.words}</p>
        <div className="row">
          <span className="faint num">
            {at + 1} of {shown.length}
          </span>
          <span className="grow" />
          <button type="button" className="btn quiet" onClick={onClose}>
            {last ? 'Close' : 'Skip'}
          </button>
          {at > 0 && (
            <button type="button" className="btn" onClick={() => setAt(at - 1)}>
              Back
            </button>
          )}
          <button ref={next} type="button" className="btn primary" onClick={() => (last ? onClose() : setAt(at + 1))}>
            {last ? 'Done' : 'Next'}
          </button>
        </div>
      </div>
    </dialog>
  );
}
