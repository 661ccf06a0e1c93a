/** What one target has for itself. Everything else is as everywhere, and says what that is. */
import { useId } from 'react';
import type { Limits } from '../../shared/grants.ts';
import type { Settings } from '../../shared/ipc.ts';
import { COLOURS, colourOf, MOST_OF_A_NOTE, RANGES } from '../../shared/settings.ts';
import { environmentKind, environmentWord } from '../glass/scope-words.ts';
import { ColourMark, colourName, TargetMark } from '../glass/TargetMark.tsx';
import { Pick } from '../request/Pick.tsx';
import { useSettings } from '../settings.tsx';
import { count, took } from '../words/format.ts';
import { NumberField } from './controls.tsx';
import { confirmations, firstModes, keptRows } from './lines.ts';
import { type OwnChange, type Target, withOwn } from './targets.ts';
import { limitWords } from './words.ts';

const TIMEOUT = { kind: 'number', ...RANGES.statement_timeout_s, unit: 's', empty: '' } as const;

export function TargetCard(props: {
  readonly target: Target;
  readonly limits: Limits | null;
  /** Gets what all other targets have. */
  readonly onReset: (rest: Settings['targets']) => void;
}) {
  const { target, limits } = props;
  const { settings, change } = useSettings();
  const own = settings.targets[target.id] ?? {};
  const id = useId();
  const set = (part: OwnChange) => change({ targets: withOwn(settings, target, part) });
  const { [target.id]: mine, ...rest } = settings.targets;
  const seconds = settings.statement_timeout_s;
  const byEnvironment = colourOf({ ...settings, targets: {} }, target);
  const labelled = (name: string) => ({ id: `${id}-${name}`, 'aria-describedby': `${id}-limits` });

  return (
    <fieldset className="target-card">
      <legend>
        <TargetMark of={target} />
        <b>{target.label}</b>
        <span className={`chip ${environmentKind(target.environment)}`}>{environmentWord[target.environment]}</span>
      </legend>
      <div className="target-fields">
        <div className="field">
          <label htmlFor={`${id}-colour`}>Colour</label>
          <Pick
            {...labelled('colour')}
            aria-invalid={false}
            data-field="colour"
            value={own.colour ?? ''}
            onChange={(value) => set({ colour: COLOURS.find((one) => one === value) })}
            options={[
              {
                id: '',
                label: `As ${environmentWord[target.environment].toLowerCase()}: ${colourName[byEnvironment]}`,
                before: <ColourMark colour={byEnvironment} />,
              },
              ...COLOURS.map((colour) => ({
                id: colour,
                label: colourName[colour],
                before: <ColourMark colour={colour} />,
              })),
            ]}
          />
        </div>
        <div className="field wide">
          <label htmlFor={`${id}-note`}>Note</label>
          <input
            {...labelled('note')}
            className="input"
            maxLength={MOST_OF_A_NOTE}
            placeholder="Read replica, lags 5 min"
            value={own.note ?? ''}
            onChange={(event) => set({ note: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-timeout`}>Statement timeout</label>
          <NumberField
            {...labelled('timeout')}
            control={TIMEOUT}
            placeholder={`As everywhere: ${seconds === null ? 'the grant’s' : took(seconds * 1000)}`}
            value={own.statement_timeout_s ?? null}
            onChange={(value) => set({ statement_timeout_s: value ?? undefined })}
          />
        </div>
        <OwnChoice
          {...labelled('rows')}
          label="Rows kept of a result"
          options={keptRows}
          everywhere={settings.result_rows}
          value={own.result_rows}
          onChange={(result_rows) => set({ result_rows })}
        />
        <OwnChoice
          {...labelled('mode')}
          label="Transactions at the start"
          options={firstModes}
          everywhere={settings.transaction_mode}
          value={own.transaction_mode}
          onChange={(transaction_mode) => set({ transaction_mode })}
        />
        <OwnChoice
          {...labelled('confirm')}
          label="Ask before writing"
          options={confirmations}
          everywhere={settings.confirm_writes}
          value={own.confirm_writes}
          onChange={(confirm_writes) => set({ confirm_writes })}
        />
      </div>
      <p id={`${id}-limits`} className="target-foot">
        The grant’s limits are above all of these.{' '}
        {limitWords('statement_timeout_s', limits).replace('This', 'The open')}
        {mine !== undefined && (
          <button
            type="button"
            className="btn quiet"
            aria-label={`Reset ${target.label}`}
            onClick={() => props.onReset(rest)}
          >
            Reset
          </button>
        )}
      </p>
    </fieldset>
  );
}

function OwnChoice<V extends string | number>(props: {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly label: string;
  readonly options: readonly (readonly [V, string])[];
  readonly everywhere: V;
  readonly value: V | undefined;
  readonly onChange: (value: V | undefined) => void;
}) {
  const { label, options, everywhere, value, onChange, ...aria } = props;
  const wordsOf = (one: V) =>
    options.find(([known]) => known === one)?.[1] ?? (typeof one === 'number' ? count(one) : one);
  const known = value === undefined || options.some(([one]) => one === value);
  const all = known ? options : [...options, [value, wordsOf(value)] as const];
  return (
    <div className="field">
      <label htmlFor={aria.id}>{label}</label>
      <select
        {...aria}
        className="select"
        value={all.findIndex(([one]) => one === value)}
        onChange={({ target }) => onChange(all[Number(target.value)]?.[0])}
      >
        <option value={-1}>As everywhere: {wordsOf(everywhere)}</option>
        {all.map(([one, words], n) => (
          <option key={String(one)} value={n}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
