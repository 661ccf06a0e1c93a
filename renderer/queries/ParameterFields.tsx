/** What is said of each parameter of a saved query, and what the form for values begins with. */
import { useId } from 'react';
import type { ParameterValue } from '../../shared/ipc-editor.ts';
import type { QueryParameter } from '../../shared/ipc-queries.ts';
import { MAX_DEFAULT } from '../../shared/queries.ts';
import { kinds } from '../parameters/ParameterForm.tsx';

const NONE = 'none';

export function ParameterFields(props: {
  readonly parameters: readonly QueryParameter[];
  readonly onChange: (parameters: readonly QueryParameter[]) => void;
}) {
  const { parameters } = props;
  const id = useId();
  const change = (name: string, part: Partial<QueryParameter>) =>
    props.onChange(parameters.map((one) => (one.name === name ? { ...one, ...part } : one)));
  return (
    <fieldset className="query-parameters">
      <legend>Parameters</legend>
      {parameters.map(({ name, description, default: first }) => (
        <div key={name} className="query-parameter">
          <span id={`${id}-${name}`} className="mono clip">
            {name}
          </span>
          <input
            className="input"
            aria-label={`What ${name} is`}
            placeholder="What it is"
            value={description}
            onChange={(event) => change(name, { description: event.target.value })}
          />
          <select
            className="select"
            aria-label={`Kind of the default of ${name}`}
            value={first?.kind ?? NONE}
            onChange={(event) => {
              // The options below are the contract's, and one for nothing.
              const kind = event.target.value as ParameterValue['kind'] | typeof NONE;
              change(name, {
                default: kind === NONE ? null : { kind, value: kind === 'null' ? '' : (first?.value ?? '') },
              });
            }}
          >
            <option value={NONE}>No default</option>
            {Object.entries(kinds).map(([kind, label]) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </select>
          <input
            className="input mono"
            aria-label={`Default of ${name}`}
            placeholder={first?.kind === 'null' ? 'NULL' : 'Default'}
            value={first?.value ?? ''}
            maxLength={MAX_DEFAULT}
            readOnly={first?.kind === 'null'}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target: { value } }) =>
              change(name, { default: first === null && value === '' ? null : { kind: first?.kind ?? 'text', value } })
            }
          />
        </div>
      ))}
    </fieldset>
  );
}
