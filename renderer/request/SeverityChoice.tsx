/** Severities side by side, each with what it means; one that policy refuses now says why under the row. */
import { useId } from 'react';
import type { SeverityOption } from '../../shared/api.ts';

export function SeverityChoice(props: {
  readonly options: readonly SeverityOption[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (id: string) => void;
}) {
  const id = useId();
  const others = props.options.filter((option) => option.refused !== null && option.id !== props.value);
  const chosen = props.options.find((option) => option.id === props.value);
  return (
    <fieldset className="field severity" aria-describedby={`${id}-notes`}>
      <legend className="label">Severity</legend>
      <div className="seg">
        {props.options.map((option) => (
          <label key={option.id}>
            <input
              type="radio"
              name={id}
              value={option.id}
              checked={option.id === props.value}
              disabled={option.refused !== null && option.id !== props.value}
              data-field={option.id === props.value ? 'severity' : undefined}
              onChange={() => props.onChange(option.id)}
            />
            <b>{option.id}</b>
            {option.refused === null ? option.summary : 'not now'}
          </label>
        ))}
      </div>
      <div id={`${id}-notes`}>
        {props.error !== undefined && (
          <div className="problem" role="alert">
            {props.error}
          </div>
        )}
        {chosen !== undefined && chosen.label !== chosen.id && props.error === undefined && (
          <div className="hint">{chosen.label}</div>
        )}
        {others.map((option) => (
          <div key={option.id} className="hint">
            {option.id}: {option.refused}
          </div>
        ))}
      </div>
    </fieldset>
  );
}
