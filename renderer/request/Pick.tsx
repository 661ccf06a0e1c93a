/**
 * A select with more than words in its rows: Chromium's customizable `<select>` (`appearance: base-select`), so keys,
 * roles and type-ahead are the browser's own.
 */
import type { ReactNode } from 'react';
import type { FieldAria } from './Field.tsx';

export interface PickOption {
  readonly id: string;
  readonly label: string;
  readonly under?: string;
  readonly before?: ReactNode;
  readonly beside?: ReactNode;
}

export function Pick(
  props: FieldAria & {
    readonly value: string;
    readonly options: readonly PickOption[];
    readonly onChange: (id: string) => void;
  },
) {
  const { value, options, onChange, ...aria } = props;
  const current = options.find((option) => option.id === value);
  return (
    <select {...aria} className="select pick" value={value} onChange={(event) => onChange(event.target.value)}>
      <button type="button">
        {current?.before}
        <span className="clip">{current?.label}</span>
        {current?.beside}
      </button>
      {options.map((option) => (
        <option key={option.id} value={option.id} label={option.label}>
          {option.before}
          <span className="grow">
            {option.label}
            {option.under !== undefined && <small>{option.under}</small>}
          </span>
          {option.beside}
        </option>
      ))}
    </select>
  );
}
