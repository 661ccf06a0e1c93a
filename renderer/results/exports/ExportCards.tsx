/** What is being written, and what came of it: one card each, in the corner. A quick export shows only its end. */
import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import type { ExportState } from '../../../shared/ipc.ts';
import type { UserError } from '../../bridge.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useCorner, useToast } from '../../ui/Toasts.tsx';
import { type ExportStore, isWriting } from './store.ts';
import { doneWords, formats, progressWords } from './words.ts';
import './exports.css';

/** An export that takes longer than this shows how far it is, ms. */
const PATIENCE = 800;
/** A finished one leaves by itself after this, unless the pointer or the focus is on it, ms. */
const STAY = 12_000;

export function ExportCards(props: { readonly store: ExportStore; readonly exports: readonly ExportState[] }) {
  const shown = props.exports.filter((one) => !isWriting(one) || one.ms > PATIENCE);
  // The one that Escape means.
  const newest = props.exports.findLast(isWriting)?.id;
  const corner = useCorner();
  if (corner === null) return null;
  return createPortal(
    shown.map((one) => <Card key={one.id} state={one} store={props.store} newest={one.id === newest} />),
    corner,
  );
}

const signs: Readonly<Record<'done' | 'cancelled' | 'failed', { icon: IconName; kind: string }>> = {
  done: { icon: 'tick', kind: 'ok' },
  cancelled: { icon: 'stop', kind: 'warn' },
  failed: { icon: 'error', kind: 'danger' },
};

function Card(props: { readonly state: ExportState; readonly store: ExportStore; readonly newest: boolean }) {
  const { state, store } = props;
  const say = useToast();
  const [held, setHeld] = useState(false);
  const { id, status, error } = state;
  const leaves = status === 'done' && !held;
  useEffect(() => {
    if (!leaves) return;
    const timer = setTimeout(() => store.dismiss(id), STAY);
    return () => clearTimeout(timer);
  }, [leaves, store, id]);
  const tell = async (work: Promise<UserError | null>) => {
    const problem = await work;
    if (problem !== null) say(problem);
  };
  const writing = status === 'writing' || status === 'finishing';
  const sign = writing ? null : signs[status];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that somebody is reading it
    <div
      className={`note toast export-card ${sign?.kind ?? ''}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {sign === null ? <span className="spinner" /> : <Icon name={sign.icon} size={15} />}
      <div className="export-card-text">
        <div className="clip" title={state.file} role={writing ? undefined : 'status'}>
          {titleOf(state)}
        </div>
        {writing && <p className="num">{progressWords(state)}</p>}
        {status === 'done' && <p className="num">{doneWords(state)}</p>}
        {status === 'cancelled' && <p>What was written of it has been removed.</p>}
        {error !== null && (
          <p>
            {error.message}
            {error.hint !== null && ` ${error.hint}`}
          </p>
        )}
        {writing && state.of !== null && state.of > 0 && (
          <progress max={state.of} value={state.rows} aria-label={`Rows of ${state.file}`} />
        )}
      </div>
      <div className="export-card-actions">
        {status === 'writing' && (
          <button type="button" className="btn" onClick={() => void tell(store.cancel(id))}>
            Cancel {props.newest && <kbd className="kbd">Esc</kbd>}
          </button>
        )}
        {status === 'done' && (
          <button type="button" className="btn" onClick={() => void tell(store.show(id))}>
            Show in folder
          </button>
        )}
        {!writing && (
          <button type="button" className="btn quiet icon" aria-label="Dismiss" onClick={() => store.dismiss(id)}>
            <Icon name="cross" />
          </button>
        )}
      </div>
    </div>
  );
}

function titleOf({ status, file, format }: ExportState) {
  const { label } = formats[format];
  switch (status) {
    case 'writing':
    case 'finishing':
      return (
        <>
          Writing <b>{file}</b>
        </>
      );
    case 'done':
      return (
        <>
          <b>{file}</b> is written
        </>
      );
    case 'cancelled':
      return `The ${label} export was cancelled`;
    case 'failed':
      return `The ${label} export failed`;
  }
}
