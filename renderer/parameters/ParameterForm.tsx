/** One line for each parameter, and below them the text that will be sent, as main makes it. Enter runs. */
import { useEffect, useId, useState } from 'react';
import type { Filled, ParameterValue } from '../../shared/ipc-editor.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import type { Hint } from '../queries/details.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { count } from '../words/format.ts';
import './parameters.css';

const PREVIEW_AFTER_MS = 120;
/** Characters of the text that are shown. */
const PREVIEW = 20_000;

export const kinds: Readonly<Record<ParameterValue['kind'], string>> = {
  text: 'Text',
  number: 'Number',
  null: 'NULL',
  expression: 'SQL expression',
};

export function ParameterForm(props: {
  readonly bridge: Bridge;
  readonly text: string;
  readonly first: readonly ParameterValue[];
  readonly hints: ReadonlyMap<string, Hint>;
  readonly onValues: (values: readonly ParameterValue[]) => void;
  /** Gets the text with the values in it. */
  readonly onRun: (text: string) => void;
  readonly onNo: () => void;
}) {
  const { bridge, text } = props;
  const [values, setValues] = useState(props.first);
  const [made, setMade] = useState<Filled | null>(null);
  const [refused, setRefused] = useState<UserError | null>(null);
  /** Problems are told once somebody wanted to run: before, the form is only not filled in yet. */
  const [tried, setTried] = useState(false);
  const id = useId();

  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      const answer = await ask(bridge.fillParameters({ text, values: [...values] }));
      if (!gone && answer.ok) setMade(answer.value);
    }, PREVIEW_AFTER_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [bridge, text, values]);

  const change = (name: string, part: Partial<ParameterValue>) =>
    setValues(values.map((value) => (value.name === name ? { ...value, ...part } : value)));
  const run = async () => {
    props.onValues(values);
    setTried(true);
    const answer = await ask(bridge.fillParameters({ text, values: [...values] }));
    setRefused(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setMade(answer.value);
    if (answer.value.kind === 'filled') return props.onRun(answer.value.text);
    document.getElementById(`${id}-${answer.value.problems[0]?.name ?? ''}`)?.focus();
  };
  const problemOf = (name: string): string | null =>
    tried && made?.kind === 'wrong' ? (made.problems.find((one) => one.name === name)?.message ?? null) : null;
  return (
    <FormDialog
      title="Values to run with"
      className="parameters"
      action="Run"
      onSubmit={() => void run()}
      onNo={props.onNo}
    >
      {(detail) => (
        <>
          <p id={detail} className="muted">
            Kept until you hand back, and never saved.
          </p>
          <div className="parameter-list">
            {values.map(({ name, kind, value }) => {
              const problem = problemOf(name);
              const description = props.hints.get(name)?.description ?? '';
              return (
                <div key={name} className="parameter">
                  <label htmlFor={`${id}-${name}`} className="mono clip">
                    {name}
                  </label>
                  <input
                    id={`${id}-${name}`}
                    className="input mono"
                    value={kind === 'null' ? '' : value}
                    placeholder={kind === 'null' ? 'NULL' : kind === 'expression' ? "now() - interval '1 hour'" : ''}
                    readOnly={kind === 'null'}
                    spellCheck={false}
                    autoComplete="off"
                    aria-invalid={problem !== null}
                    aria-describedby={
                      [
                        description === '' ? null : `${id}-${name}-words`,
                        problem === null ? null : `${id}-${name}-problem`,
                      ]
                        .filter((one) => one !== null)
                        .join(' ') || undefined
                    }
                    onFocus={(event) => event.target.select()}
                    onChange={(event) => change(name, { value: event.target.value })}
                  />
                  <select
                    className="select"
                    aria-label={`Kind of ${name}`}
                    value={kind}
                    // The options below are the contract's.
                    onChange={(event) => change(name, { kind: event.target.value as ParameterValue['kind'] })}
                  >
                    {Object.entries(kinds).map(([one, label]) => (
                      <option key={one} value={one}>
                        {label}
                      </option>
                    ))}
                  </select>
                  {description !== '' && (
                    <span id={`${id}-${name}-words`} className="about">
                      {description}
                    </span>
                  )}
                  {problem !== null && (
                    <span id={`${id}-${name}-problem`} className="problem" role="alert">
                      {problem}
                    </span>
                  )}
                </div>
              );
            })}
          </div>
          <h3 id={`${id}-sent`} className="parameter-sent">
            Will be sent and recorded
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
          <section className="mono" tabIndex={0} aria-labelledby={`${id}-sent`}>
            {made?.kind === 'filled' ? preview(made.text) : 'Not until every value is right.'}
          </section>
          {refused !== null && <Problem error={refused} />}
        </>
      )}
    </FormDialog>
  );
}

const preview = (text: string): string =>
  text.length <= PREVIEW ? text : `${text.slice(0, PREVIEW)}\n… and ${count(text.length - PREVIEW)} characters more`;
