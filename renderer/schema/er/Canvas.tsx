/** The drawing itself, as SVG that can be moved. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { visibleName } from '../../../shared/visible.ts';
import { Icon } from '../../ui/icons.tsx';
import { plural } from '../../words/format.ts';
import { type Box, cardinality, type Direction, type Drawing, HEAD, LINE, type Point, towards } from './layout.ts';
import { useCanvas } from './use-canvas.ts';

/** CSS pixels that Shift and an arrow move the drawing. */
const PAN = 60;
const pans: Readonly<Record<Direction, Point>> = {
  ArrowLeft: { x: PAN, y: 0 },
  ArrowRight: { x: -PAN, y: 0 },
  ArrowUp: { x: 0, y: PAN },
  ArrowDown: { x: 0, y: -PAN },
};
const isDirection = (key: string): key is Direction => key in pans;

export function Canvas(props: {
  readonly drawing: Drawing;
  readonly centre: number;
  readonly onCentre: (oid: number) => void;
  readonly onOpen: (table: Box['table']) => void;
}) {
  const { drawing, centre } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useCanvas(frame, drawing);
  const [focus, setFocus] = useState(centre);
  // After the drawing has changed, the box that had the focus may be gone.
  const current = drawing.boxes.find(({ table }) => table.oid === focus) ?? drawing.boxes[0];

  const go = (box: Box) => {
    setFocus(box.table.oid);
    canvas.reveal(box);
    frame.current?.querySelector<SVGGElement>(`[data-oid="${box.table.oid}"]`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || current === undefined) return;
    const { key } = event;
    if (isDirection(key)) {
      const to = event.shiftKey ? null : towards(drawing.boxes, current, key);
      if (event.shiftKey) canvas.pan(pans[key].x, pans[key].y);
      else if (to !== null) go(to);
    } else if (key === 'Enter') props.onCentre(current.table.oid);
    else if (key === 'o') props.onOpen(current.table);
    else if (key === '+' || key === '=') canvas.zoomIn();
    else if (key === '-') canvas.zoomOut();
    else if (key === '0') canvas.fit();
    else return;
    event.preventDefault();
  };
  const { place } = canvas;
  return (
    <div className="canvas-frame">
      <div ref={frame} className="canvas" {...canvas.pointer}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds no drawing */}
        <svg
          role="group"
          aria-label="Neighbourhood. Arrows move between tables, Enter puts one in the middle, O opens its page"
          width="100%"
          height="100%"
          onKeyDown={onKeyDown}
        >
          <defs>
            <marker id="er-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0.5 L7 4 L0 7.5 Z" />
            </marker>
          </defs>
          <g transform={`translate(${place.x} ${place.y}) scale(${place.scale})`}>
            {drawing.lines.map((line) => (
              <Line key={`${line.edge.from} ${line.edge.name}`} {...line} />
            ))}
            {drawing.boxes.map((box) => (
              <TableBox
                key={box.table.oid}
                box={box}
                middle={box.table.oid === centre}
                focusable={box === current}
                onFocus={() => setFocus(box.table.oid)}
                onCentre={() => props.onCentre(box.table.oid)}
              />
            ))}
          </g>
        </svg>
      </div>
      <div className="canvas-bar">
        <button type="button" className="btn icon" aria-label="Closer" title="Closer (+)" onClick={canvas.zoomIn}>
          <Icon name="add" size={12} />
        </button>
        <button type="button" className="btn icon" aria-label="Farther" title="Farther (−)" onClick={canvas.zoomOut}>
          −
        </button>
        <button type="button" className="btn" title="All of it (0)" onClick={canvas.fit}>
          Fit
        </button>
        {current !== undefined && (
          <button type="button" className="btn" onClick={() => props.onOpen(current.table)}>
            Open {visibleName(current.table.name)}
          </button>
        )}
      </div>
    </div>
  );
}

function Line({ edge, points }: Drawing['lines'][number]) {
  const [first, ...rest] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const [from, to] = cardinality(edge);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it cannot have the focus; the list says it in words
    <g className={edge.optional ? 'er-line optional' : 'er-line'} aria-hidden="true">
      <path d={`M${first.x} ${first.y} ${rest.map(({ x, y }) => `L${x} ${y}`).join(' ')}`} markerEnd="url(#er-end)" />
      <End at={first} towards={rest[0] ?? last} text={from} />
      <End at={last} towards={points.at(-2) ?? first} text={to} />
    </g>
  );
}

/** Written beside the line, a little away from the box. */
function End({ at, towards: other, text }: { readonly at: Point; readonly towards: Point; readonly text: string }) {
  const right = other.x >= at.x;
  return (
    <text x={at.x + (right ? 5 : -10)} y={at.y - 5} textAnchor={right ? 'start' : 'end'}>
      {text}
    </text>
  );
}

function TableBox(props: {
  readonly box: Box;
  readonly middle: boolean;
  readonly focusable: boolean;
  readonly onFocus: () => void;
  readonly onCentre: () => void;
}) {
  const { table, x, y, width, height } = props.box;
  const none = table.readable === 'none';
  const clip = `er-${table.oid}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <g
      className={`er-box ${props.middle ? 'middle' : ''} ${none ? 'none' : ''}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={props.focusable ? 0 : -1}
      data-oid={table.oid}
      aria-current={props.middle ? 'true' : undefined}
      aria-label={`${visibleName(table.name)}, ${plural(table.columns.length, 'key column')}${none ? ', not in this grant' : ''}`}
      onFocus={props.onFocus}
      onDoubleClick={props.onCentre}
    >
      <clipPath id={clip}>
        <rect width={width - 8} height={height} />
      </clipPath>
      <rect className="frame" width={width} height={height} rx="5" />
      <path className="rule" d={`M0 ${HEAD} H${width}`} />
      <g clipPath={`url(#${clip})`}>
        <text className="title" x="10" y={17}>
          {visibleName(table.name)}
        </text>
        {table.columns.length === 0 && (
          <text className="kind" x="10" y={HEAD + 16}>
            no keys
          </text>
        )}
        {table.columns.map((column, n) => (
          <text key={column.name} x="10" y={HEAD + 16 + n * LINE}>
            <tspan className="kind">{column.pk ? 'pk ' : 'fk '}</tspan>
            {visibleName(column.name)}
            <tspan className="kind" dx="6">
              {visibleName(column.type)}
            </tspan>
          </text>
        ))}
      </g>
    </g>
  );
}
