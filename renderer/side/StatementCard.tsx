/** The chosen statement: its beginning, what is known of it, and what can be done with it. */
import type { ReactNode } from 'react';
import { Foreign } from '../ui/Foreign.tsx';

export function StatementCard(props: {
  readonly text: string;
  /** There is more of it than is shown. */
  readonly cut: boolean;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Buttons. */
  readonly children: ReactNode;
}) {
  return (
    <div className="statement-card">
      <pre className="mono">
        <Foreign of={props.text} />
        {props.cut && '…'}
      </pre>
      <dl>
        {props.facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="clip" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <div className="statement-card-actions">{props.children}</div>
    </div>
  );
}
