/** Beside the rows: one value for a closer look, or one row as a form. Follows the selection. */
import type { KeyboardEvent, Ref } from 'react';
import type { Column, CopyFormat, ResultState } from '../../../shared/ipc.ts';
import type { Bridge } from '../../bridge.ts';
import { Icon } from '../../ui/icons.tsx';
import { count } from '../../words/format.ts';
import type { RingCell } from '../grid/GridPanel.tsx';
import type { Box } from '../grid/selection.ts';
import type { Panel } from '../ResultPane.tsx';
import { RowForm } from './RowForm.tsx';
import { ValueView } from './ValueView.tsx';
import './inspect.css';

const views = [
  ['value', 'Value'],
  ['row', 'Row'],
] as const;

export interface InspectorProps {
  readonly bridge: Bridge;
  readonly result: ResultState;
  readonly columns: readonly Column[];
  readonly cell: RingCell;
  readonly view: Exclude<Panel, null>;
  readonly onView: (panel: Panel) => void;
  /** Moves the selection of the grid by so many rows of those that are shown, to a column. */
  readonly onGo: (by: number, column: number) => void;
  readonly copy: (box: Box, as: CopyFormat) => void;
  readonly onCopyText: (text: string) => void;
  readonly onOpen: (text: string, title: string) => void;
  readonly ref?: Ref<HTMLElement>;
}

export function Inspector(props: InspectorProps) {
  const { view, result, columns } = props;
  const row = Math.min(props.cell.row, Math.max(0, result.stored - 1));
  const column = Math.min(props.cell.column, columns.length - 1);
  const { place, of } = props.cell;
  const cell = { row, column, place, of };
  const steps = [
    ['Row before', 'chevronUp', -1, place === 0],
    ['Next row', 'chevronDown', 1, place + 1 >= (of ?? result.stored)],
  ] as const;
  const onTabKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = view === 'value' ? 'row' : 'value';
    props.onView(other);
    event.currentTarget.querySelector<HTMLElement>(`[data-view=${other}]`)?.focus();
  };
  return (
    <aside ref={props.ref} className="inspector" aria-label="A closer look">
      <header className="inspector-head">
        <div className="result-tabs" role="tablist" aria-label="A closer look at" onKeyDown={onTabKey}>
          {views.map(([one, label]) => (
            <button
              key={one}
              type="button"
              role="tab"
              data-view={one}
              data-first={one === view ? '' : undefined}
              aria-selected={one === view}
              aria-controls="inspector-panel"
              tabIndex={one === view ? 0 : -1}
              onClick={() => props.onView(one)}
            >
              {label}
            </button>
          ))}
        </div>
        <span className="grow" />
        <span className="faint num clip">
          row {count(row + 1)} of {count(result.stored)}
        </span>
        {steps.map(([label, icon, by, end]) => (
          // Not `disabled`, which would take the focus away from whoever walks to the last row.
          <button
            key={label}
            type="button"
            className="btn quiet icon"
            aria-label={label}
            title={label}
            aria-disabled={end}
            onClick={() => !end && props.onGo(by, column)}
          >
            <Icon name={icon} size={12} />
          </button>
        ))}
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Close the panel"
          title="Close (Esc)"
          onClick={() => props.onView(null)}
        >
          <Icon name="cross" size={12} />
        </button>
      </header>
      <div
        id="inspector-panel"
        className="inspector-body"
        role="tabpanel"
        aria-label={view === 'value' ? 'Value' : 'Row'}
      >
        {view === 'value' ? <ValueView {...props} cell={cell} /> : <RowForm {...props} cell={cell} />}
      </div>
    </aside>
  );
}
