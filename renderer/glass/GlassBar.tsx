/**
 * The glass bar, the signature of the product: one line of facts, one clock, one thin line that runs out. Every state
 * differs in words and in the shape of the mark, not only in colour.
 */
import type { ReactNode } from 'react';
import { Mark, type MarkShape } from './Mark.tsx';
import './glass.css';

export type GlassState = 'locked' | 'requested' | 'live' | 'warning' | 'closing' | 'closed';

const shapes: Readonly<Record<GlassState, MarkShape>> = {
  locked: 'locked',
  requested: 'waiting',
  live: 'open',
  warning: 'half',
  closing: 'last',
  closed: 'done',
};

export function GlassBar(props: {
  readonly state: GlassState;
  /** Share of the time left, 0 to 1; absent: a full line. */
  readonly left?: number;
  readonly writing?: boolean;
  /** The time is over or given back, and the glass is being closed right now. */
  readonly ending?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <header
      className="glass"
      data-state={props.state}
      data-writing={props.writing === true ? 'yes' : undefined}
      data-ending={props.ending === true ? 'yes' : undefined}
      style={{ '--left': props.left ?? 1 } as React.CSSProperties /* a custom property is not in the type */}
    >
      <Mark shape={shapes[props.state]} />
      {props.children}
      <div className="glass-line" />
    </header>
  );
}
