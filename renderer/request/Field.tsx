/** A label, a control and what is wrong with it, tied together for a screen reader. */
import { type ReactNode, useId } from 'react';

export interface FieldAria {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
  readonly 'data-field': string;
}

export function Field(props: {
  readonly label: string;
  readonly name: string;
  readonly error: string | undefined;
  readonly children: (aria: FieldAria) => ReactNode;
}) {
  const id = useId();
  const bad = props.error !== undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children({
        id,
        'aria-invalid': bad,
        'aria-describedby': bad ? `${id}-problem` : undefined,
        'data-field': props.name,
      })}
      {bad && (
        <div id={`${id}-problem`} className="problem" role="alert">
          {props.error}
        </div>
      )}
    </div>
  );
}
