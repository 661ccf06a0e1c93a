/** One setting: what it is called, what it does, its control, and the way back to the first day's value. */
import { useId } from 'react';
import type { Limits } from '../../shared/grants.ts';
import { firstSettings } from '../../shared/settings.ts';
import { Choice, NumberField, SIDE_BY_SIDE, Switch } from './controls.tsx';
import { type Line, optionsOf, type Value, valueWords } from './lines.ts';
import { limitWords } from './words.ts';

export function SettingLine(props: {
  readonly line: Line;
  readonly value: Value;
  readonly limits: Limits | null;
  readonly onChange: (value: Value) => void;
  readonly onReset: () => void;
}) {
  const { line, value, onChange } = props;
  const { control } = line;
  const id = useId();
  const options = optionsOf(line, value);
  const first = firstSettings[line.key];
  const limit = limitWords(line.key, props.limits);
  const about = { id, 'aria-describedby': `${id}-about` };
  return (
    <div className="setting">
      <div className="setting-words">
        {control.kind === 'choice' && options.length <= SIDE_BY_SIDE ? (
          <span className="label" id={`${id}-title`}>
            {line.title}
          </span>
        ) : (
          <label htmlFor={id}>{line.title}</label>
        )}
        <p id={`${id}-about`}>
          {line.about} {limit}
        </p>
        <p className="setting-first">
          Default: {valueWords(line, first)}
          {value !== first && (
            <button type="button" className="btn quiet" aria-label={`Reset ${line.title}`} onClick={props.onReset}>
              Reset
            </button>
          )}
        </p>
      </div>
      {control.kind === 'switch' && <Switch {...about} value={value === true} onChange={onChange} />}
      {control.kind === 'number' && (
        <NumberField
          {...about}
          control={control}
          value={typeof value === 'number' ? value : null}
          onChange={onChange}
        />
      )}
      {control.kind === 'choice' && <Choice id={id} options={options} value={value} onChange={onChange} />}
    </div>
  );
}
