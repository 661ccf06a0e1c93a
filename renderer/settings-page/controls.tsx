/** What a setting is set with. Each tells its new value at once; a number only while it is one that can be. */
import { useId, useState } from 'react';
import { count } from '../words/format.ts';
import { type Line, typedValue } from './lines.ts';

interface Aria {
  readonly id: string;
  readonly 'aria-describedby': string;
}

export function Switch(props: Aria & { readonly value: boolean; readonly onChange: (value: boolean) => void }) {
  const { value, onChange, ...aria } = props;
  return (
    <span className="setting-switch">
      <input
        {...aria}
        type="checkbox"
        role="switch"
        aria-checked={value}
        checked={value}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="muted" aria-hidden="true">
        {value ? 'On' : 'Off'}
      </span>
    </span>
  );
}

type NumberControl = Extract<Line['control'], { kind: 'number' }>;

export function NumberField(
  props: Aria & {
    readonly control: NumberControl;
    readonly value: number | null;
    readonly placeholder?: string;
    readonly 'aria-label'?: string;
    readonly onChange: (value: number | null) => void;
  },
) {
  const { control, value, onChange, placeholder = control.empty, ...aria } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [left, setLeft] = useState(false);
  const shown = typed ?? (value === null ? '' : String(Math.round(value * (control.times ?? 1))));
  const wrong = left && typedValue(control, shown) === undefined;
  const problem = `${aria.id}-problem`;
  return (
    <span className="setting-number">
      <span className="row">
        <input
          {...aria}
          type="number"
          className="input num"
          min={control.min}
          max={control.max}
          placeholder={placeholder}
          value={shown}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${aria['aria-describedby']} ${problem}` : aria['aria-describedby']}
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setTyped(event.target.value);
            const next = typedValue(control, event.target.value);
            if (next !== undefined) onChange(next);
          }}
          onBlur={() => {
            const fits = typedValue(control, shown) !== undefined;
            setLeft(!fits);
            if (fits) setTyped(null);
          }}
        />
        <span className="muted">{control.unit}</span>
      </span>
      {wrong && (
        <span id={problem} className="problem" role="alert">
          A whole number from {count(control.min)} to {count(control.max)}
          {control.empty === undefined ? '.' : ', or nothing.'} It is as it was before.
        </span>
      )}
    </span>
  );
}

/** More than this many are a list. */
export const SIDE_BY_SIDE = 3;

export function Choice<V extends string | number | boolean | null>(props: {
  /** Of a list; of choices side by side it is part of the ids of what names and describes them. */
  readonly id: string;
  readonly options: readonly (readonly [V, string])[];
  readonly value: V;
  readonly onChange: (value: V) => void;
}) {
  const { options, value, onChange } = props;
  const name = useId();
  const described = `${props.id}-about`;
  if (options.length > SIDE_BY_SIDE)
    return (
      <select
        id={props.id}
        aria-describedby={described}
        className="select"
        value={options.findIndex(([one]) => one === value)}
        onChange={({ target }) => {
          const chosen = options[target.selectedIndex];
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([one, words], n) => (
          <option key={String(one)} value={n}>
            {words}
          </option>
        ))}
      </select>
    );
  return (
    <div className="seg" role="radiogroup" aria-labelledby={`${props.id}-title`} aria-describedby={described}>
      {options.map(([one, words]) => (
        <label key={String(one)}>
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{words}</span>
        </label>
      ))}
    </div>
  );
}
