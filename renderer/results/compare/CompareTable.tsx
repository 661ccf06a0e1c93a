/** The lines of a comparison: one window of them is drawn in both halves, which scroll together. */
import { type Ref, type UIEvent, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Column } from '../../../shared/ipc.ts';
import type { ComparedLine } from '../../../shared/ipc-results.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';
import { count } from '../../words/format.ts';
import { drawn, shownName, widthFor } from '../grid/text.ts';

const ROW = 24;
/** Lines around what is seen. */
const MARGIN = 20;
/** Lines that come at once. */
const MOST = 200;
/** Taller, and browsers lose count of pixels; so many lines are no use to anybody's eyes. */
const TALLEST = 8_000_000;

export interface TableHandle {
  /** Brings a line into view. */
  go(line: number): void;
}

export function CompareTable(props: {
  readonly bridge: Bridge;
  readonly id: string;
  readonly lines: number;
  readonly marked: boolean;
  readonly sides: readonly (readonly Column[])[];
  readonly names: readonly string[];
  /** The line that was gone to; -1 for none. */
  readonly at: number;
  readonly onProblem: (problem: UserError) => void;
  readonly ref?: Ref<TableHandle>;
}) {
  const { bridge, id, lines, onProblem } = props;
  const halves = useRef<(HTMLElement | null)[]>([]);
  const [first, setFirst] = useState(0);
  const [seen, setSeen] = useState<{ readonly from: number; readonly lines: readonly ComparedLine[] }>({
    from: 0,
    lines: [],
  });
  const height = Math.min(TALLEST, lines * ROW);
  useEffect(() => {
    let gone = false;
    void ask(bridge.comparedLines({ id, offset: first, count: MOST })).then((answer) => {
      if (gone) return;
      if (answer.ok) setSeen({ from: first, lines: answer.value });
      else onProblem(answer.error);
    });
    return () => {
      gone = true;
    };
  }, [bridge, id, first, onProblem]);
  useImperativeHandle(props.ref, () => ({
    go(line) {
      const half = halves.current[0];
      if (half != null) half.scrollTop = Math.max(0, line * ROW - half.clientHeight / 3);
    },
  }));
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    for (const other of halves.current) {
      if (other === null || other === currentTarget) continue;
      // Setting what it is already is no scroll, so this does not go on for ever.
      other.scrollTop = currentTarget.scrollTop;
      other.scrollLeft = currentTarget.scrollLeft;
    }
    const top = Math.floor(currentTarget.scrollTop / ROW);
    if (top < first || top + currentTarget.clientHeight / ROW > first + MOST - 2)
      setFirst(Math.max(0, top - MARGIN * 3));
  };
  return (
    <div className="compare-halves">
      {props.sides.map((columns, side) => {
        const widths = columns.map((column, n) =>
          widthFor(
            column,
            seen.lines.slice(0, 60).map((line) => (side === 0 ? line.left : line.right)?.cells[n]),
          ),
        );
        const template = `52px ${widths.map((width) => `${width + 4}px`).join(' ')}`;
        return (
          <section
            // biome-ignore lint/suspicious/noArrayIndexKey: left and right
            key={side}
            ref={(element) => {
              halves.current[side] = element;
            }}
            className="compare-half"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard
            tabIndex={0}
            aria-label={`${side === 0 ? 'Left' : 'Right'}: ${props.names[side] ?? ''}`}
            onScroll={onScroll}
          >
            <table aria-rowcount={lines + 1}>
              <thead>
                <tr className="compare-row head" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
                  <th scope="col" className="compare-n">
                    <span className="sr-only">Row</span>
                  </th>
                  {columns.map((column, n) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have a place, and names may be double
                    <th key={n} scope="col" className="clip" data-align={column.align}>
                      {shownName(column.name)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody style={{ height }}>
                {seen.lines.map((line, n) => (
                  <Half
                    // biome-ignore lint/suspicious/noArrayIndexKey: a line has its place
                    key={seen.from + n}
                    line={line}
                    side={side === 0 ? 'left' : 'right'}
                    n={seen.from + n}
                    on={seen.from + n === props.at}
                    marked={props.marked}
                    columns={columns}
                    template={template}
                  />
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </div>
  );
}

const signs = { added: '+', removed: '−', changed: '~', same: '' } as const;

function Half(props: {
  readonly line: ComparedLine;
  readonly side: 'left' | 'right';
  readonly n: number;
  readonly on: boolean;
  readonly marked: boolean;
  readonly columns: readonly Column[];
  readonly template: string;
}) {
  const { line, side, n } = props;
  const own = line[side];
  const kind = !props.marked
    ? 'same'
    : line.left === null
      ? 'added'
      : line.right === null
        ? 'removed'
        : line.changed.length > 0
          ? 'changed'
          : 'same';
  return (
    <tr
      className={`compare-row ${kind} ${props.on ? 'on' : ''}`}
      aria-rowindex={n + 2}
      style={{ top: n * ROW, gridTemplateColumns: props.template }}
    >
      <th scope="row" className="num">
        {kind !== 'same' && (
          <b aria-label={kind} role="img">
            {signs[kind]}
          </b>
        )}
        {own === null ? '' : count(own.row + 1)}
      </th>
      {props.columns.map((column, c) => {
        const value = own?.cells[c];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns have a place, and names may be double
          <td key={c} className={`clip mono ${line.changed.includes(c) ? 'differs' : ''}`} data-align={column.align}>
            {own === null ? '' : value === null || value === undefined ? <i>NULL</i> : drawn(value)}
          </td>
        );
      })}
    </tr>
  );
}
