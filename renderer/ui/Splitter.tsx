/** A line between two panes that can be dragged, or moved with the arrow keys when it has focus. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';

export function Splitter(props: {
  readonly label: string;
  /** The line's own direction. */
  readonly direction: 'vertical' | 'horizontal';
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the pane should end, from a pointer position in the window. */
  readonly at: (x: number, y: number) => number;
  readonly onChange: (value: number) => void;
  /** The person has let go at this value. */
  readonly onDone: (value: number) => void;
}) {
  const latest = useRef(props.value);
  const change = (value: number) => {
    latest.current = Math.max(props.min, Math.min(props.max, value));
    props.onChange(latest.current);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    latest.current = props.value;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    change(props.at(event.clientX, event.clientY));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const less = props.direction === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
    const more = props.direction === 'vertical' ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    change(props.value + (event.key === less ? -props.step : props.step));
    props.onDone(latest.current);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is not an <hr>
    <div
      className={`splitter ${props.direction}`}
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={props.direction}
      aria-valuenow={Math.round(props.value * (props.max <= 1 ? 100 : 1))}
      aria-valuemin={Math.round(props.min * (props.max <= 1 ? 100 : 1))}
      aria-valuemax={Math.round(props.max * (props.max <= 1 ? 100 : 1))}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => props.onDone(latest.current)}
      onKeyDown={onKeyDown}
    />
  );
}
