/** What a chart shows: its kind, its columns, how values come together; and the way to a file. */
import { useId } from 'react';
import type { Column } from '../../shared/ipc.ts';
import { visibleLine } from '../../shared/visible.ts';
import { Menu } from '../ui/Menu.tsx';
import { type Aggregate, type Choice, type Kind, scaleOf } from './columns.ts';

const kinds: readonly (readonly [Kind, string])[] = [
  ['line', 'Line'],
  ['bar', 'Bar'],
  ['scatter', 'Scatter'],
  ['histogram', 'Histogram'],
];
const aggregates: readonly (readonly [Aggregate, string])[] = [
  ['none', 'each row'],
  ['sum', 'sum'],
  ['avg', 'average'],
  ['count', 'count of rows'],
];

export function Choices(props: {
  readonly columns: readonly Column[];
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
  /** Why no file is written in this grant; null where it may be. */
  readonly refused: string | null;
  readonly saveable: boolean;
  readonly onSave: (kind: 'svg' | 'png') => void;
}) {
  const { columns, choice, onChange } = props;
  const id = useId();
  const numbers = columns.flatMap((column, i) => (scaleOf(column) === 'number' ? [i] : []));
  const histogram = choice.kind === 'histogram';
  const all = columns.map((_, i) => i);
  const pick = (
    label: string,
    value: number | null,
    among: readonly number[],
    none: string | null,
    put: (to: number | null) => void,
  ) => (
    <label className="chart-pick">
      <span>{label}</span>
      <select
        className="select"
        value={value ?? ''}
        onChange={({ target }) => put(target.value === '' ? null : Number(target.value))}
      >
        {none !== null && <option value="">{none}</option>}
        {among.map((i) => (
          <option key={i} value={i}>
            {columns[i]?.name === '' ? `column ${i + 1}` : visibleLine(columns[i]?.name ?? '')}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="chart-choices">
      <fieldset className="bare plan-shapes">
        <legend className="sr-only">Kind of chart</legend>
        {kinds.map(([kind, label]) => (
          <label key={kind}>
            <input
              type="radio"
              name={`${id}-kind`}
              checked={kind === choice.kind}
              disabled={kind === 'histogram' && numbers.length === 0}
              onChange={() => onChange({ ...choice, kind, ...(histogram ? { aggregate: 'none' as const } : {}) })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {pick('X', choice.x, histogram ? numbers : all, null, (x) => onChange({ ...choice, x: x ?? 0 }))}
      {!histogram && (
        <>
          <label className="chart-pick">
            <span>Values</span>
            <select
              className="select"
              value={choice.aggregate}
              // The options are the table above.
              onChange={({ target }) => onChange({ ...choice, aggregate: target.value as Aggregate })}
            >
              {aggregates.map(([aggregate, label]) => (
                <option key={aggregate} value={aggregate} disabled={aggregate !== 'count' && numbers.length === 0}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {choice.aggregate !== 'count' && pick('Y', choice.y, numbers, null, (y) => onChange({ ...choice, y }))}
        </>
      )}
      {pick('Series', choice.series, all, 'one', (series) => onChange({ ...choice, series }))}
      <span className="grow" />
      {props.refused === null && props.saveable ? (
        <Menu
          label="Save the chart"
          className="btn"
          button="Save…"
          groups={[
            {
              title: 'Recorded as an export',
              items: [
                { label: 'As SVG', run: () => props.onSave('svg') },
                { label: 'As PNG', run: () => props.onSave('png') },
              ],
            },
          ]}
        />
      ) : (
        <button type="button" className="btn" aria-disabled="true" title={props.refused ?? 'There is no chart yet'}>
          Save…
        </button>
      )}
    </div>
  );
}
