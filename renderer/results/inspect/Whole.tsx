/** Waits for all of a value, with what has come of it, and then shows it. */
import type { ReactNode } from 'react';
import type { ValuePart } from '../../../shared/ipc-results.ts';
import type { Bridge } from '../../bridge.ts';
import { Problem } from '../../ui/Problem.tsx';
import { bytes } from '../../words/format.ts';
import { type Place, useWhole } from './use-value.ts';

interface WholeProps {
  readonly bridge: Bridge;
  readonly place: Place;
  /** The first part, which may be all of it. */
  readonly part: NonNullable<ValuePart>;
  readonly children: (text: string) => ReactNode;
}

export function Whole(props: WholeProps) {
  return props.part.next === null ? props.children(props.part.text) : <Reading {...props} />;
}

function Reading({ bridge, place, part, children }: WholeProps) {
  const read = useWhole(bridge, place);
  if (read.state === 'here') return children(read.value);
  if (read.state === 'failed') return <Problem error={read.problem} />;
  return (
    <p className="value-note row" role="status">
      <span className="spinner" />
      Reading {bytes(read.done)} of {bytes(part.bytes)}
    </p>
  );
}
