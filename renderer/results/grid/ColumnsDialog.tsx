/** Which columns are shown; of many, those whose name holds what is typed. */
import { useState } from 'react';
import type { Column } from '../../../shared/ipc.ts';
import { Modal } from '../../ui/Modal.tsx';
import { count, plural } from '../../words/format.ts';
import { holds } from './text.ts';
import { nameOf } from './words.ts';

/** Lines that are drawn at once. */
const MOST = 200;

export function ColumnsDialog(props: {
  readonly columns: readonly Column[];
  readonly hidden: ReadonlySet<number>;
  readonly onHidden: (hidden: ReadonlySet<number>) => void;
  /** Goes to a column in the grid. */
  readonly onGo: (column: number) => void;
  readonly onClose: () => void;
}) {
  const { columns, hidden } = props;
  const [text, setText] = useState('');
  const all = columns.map((_, column) => column);
  const matching = all.filter((column) => holds(nameOf(columns, column), text.toLowerCase()));
  const drawn = matching.slice(0, MOST);
  const set = (columns: readonly number[], show: boolean) => {
    const next = new Set(hidden);
    for (const column of columns) {
      if (show) next.delete(column);
      else next.add(column);
    }
    props.onHidden(next);
  };
  const last = columns.length - hidden.size === 1;
  const first = matching.find((column) => !hidden.has(column));
  return (
    <Modal title="Columns" className="grid-columns" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail} className="faint">
            {count(columns.length - hidden.size)} of {plural(columns.length, 'column')} shown. Enter goes to the first
            match.
          </p>
          <input
            className="input"
            aria-label="Find a column"
            placeholder="Find a column"
            // biome-ignore lint/a11y/noAutofocus: with many columns one begins by typing
            autoFocus
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || first === undefined) return;
              event.preventDefault();
              props.onClose();
              props.onGo(first);
            }}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot scroll well */}
          <div className="grid-columns-list" role="group" aria-label="Columns">
            {drawn.map((column) => (
              <label key={column}>
                <input
                  type="checkbox"
                  checked={!hidden.has(column)}
                  disabled={last && !hidden.has(column)}
                  onChange={(event) => set([column], event.target.checked)}
                />
                <span className="clip">{nameOf(columns, column)}</span>
                <small className="faint mono clip">{columns[column]?.type}</small>
              </label>
            ))}
            {matching.length === 0 && <p className="muted">No column has that in its name.</p>}
            {matching.length > MOST && (
              <p className="muted">And {count(matching.length - MOST)} more: type a part of the name.</p>
            )}
          </div>
          <div className="actions">
            <button type="button" className="btn large" onClick={() => set(matching, true)}>
              Show {text === '' ? 'all' : 'these'}
            </button>
            <button
              type="button"
              className="btn large"
              disabled={
                matching.length - matching.filter((column) => hidden.has(column)).length >= columns.length - hidden.size
              }
              onClick={() => set(matching, false)}
            >
              Hide these
            </button>
            <button type="button" className="btn large primary" onClick={props.onClose}>
              Done
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
