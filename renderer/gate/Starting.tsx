/** The first moment, and what takes long when it takes long. */
import { type ReactNode, useEffect, useState } from 'react';
import type { UserError } from '../bridge.ts';
import { Problem } from '../ui/Problem.tsx';
import { Gate } from './Gate.tsx';

export function Starting({
  problem,
  children,
}: {
  readonly problem: UserError | null;
  /** A way around what it waits for. */
  readonly children?: ReactNode;
}) {
  // Usually this is over before anybody could read it; words that flash by only make a start feel slow.
  const [slow, setSlow] = useState(problem !== null);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Gate title={problem === null ? 'Getting ready' : 'Still getting ready'}>
      {problem !== null && <Problem error={problem} kind="warn" />}
      <p className="wait" role="status">
        <span className="spinner" />
        {problem !== null
          ? 'Trying again by itself.'
          : slow
            ? 'Opening the log on this device and looking for the collector…'
            : 'One moment…'}
      </p>
      {children}
    </Gate>
  );
}
