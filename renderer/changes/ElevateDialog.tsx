/** Write access for a while, in place: to which tables, for how long, and why. */
import { useState } from 'react';
import type { ChangeAsk, ChangeOptions } from '../../shared/api-change.ts';
import type { Columns, TableScope } from '../../shared/grants.ts';
import type { LiveGrant } from '../../shared/ipc.ts';
import { tableName as nameOf, writes } from '../../shared/narrow.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { Consequence, Refusal, WishFields, wrongWith } from './fields.tsx';
import './changes.css';

type Offer = ChangeOptions['elevate'][number];

const some = (verb: string, columns: Columns | undefined): string[] =>
  columns === undefined ? [] : [columns === '*' ? verb : `${verb} ${columns.join(', ')}`];
/** `update status, details; delete`. */
const allowed = (table: TableScope): string =>
  [...some('insert', table.insert), ...some('update', table.update), ...(table.delete ? ['delete'] : [])].join('; ');

export function ElevateDialog(props: {
  readonly grant: LiveGrant;
  /** At least one. */
  readonly options: readonly Offer[];
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onSend: (wanted: ChangeAsk) => void;
  readonly onNo: () => void;
}) {
  const { options, busy } = props;
  const [at, setAt] = useState(0);
  const option = options[at] ?? options[0];
  const tables = (option?.scope.tables ?? []).filter(writes);
  const [picked, setPicked] = useState<ReadonlySet<string>>(onlyOne(tables));
  const [wish, setWish] = useState({ minutes: String(option?.default_minutes ?? 1), reason: '' });
  const [tried, setTried] = useState(false);
  if (option === undefined) return null;
  const wrong = wrongWith(wish, option);
  const none = picked.size === 0;
  const submit = () => {
    setTried(true);
    if (wrong === null && !none)
      props.onSend({
        kind: 'elevate',
        scope: option.scope.id,
        tables: [...picked],
        minutes: Number(wish.minutes),
        reason: wish.reason.trim(),
        alone: option.alone,
      });
  };
  const choose = (next: number) => {
    const scope = options[next];
    setAt(next);
    setPicked(onlyOne((scope?.scope.tables ?? []).filter(writes)));
    setWish({ ...wish, minutes: String(scope?.default_minutes ?? 1) });
  };
  const toggle = (name: string) => {
    const next = new Set(picked);
    if (!next.delete(name)) next.add(name);
    setPicked(next);
  };
  return (
    <FormDialog
      title="Write access for a while"
      className="change"
      action={busy ? 'Asking…' : option.alone ? 'Open for writing' : 'Ask for write access'}
      disabled={busy || option.refused !== null}
      onSubmit={submit}
      onNo={props.onNo}
    >
      {(detail) => (
        <>
          <div id={detail}>
            <Consequence option={option}>
              The connection stays; when the time is over, what was not committed is rolled back.
            </Consequence>
          </div>
          {options.length > 1 && (
            <div className="field">
              <label htmlFor="change-scope">What you need</label>
              <select
                id="change-scope"
                className="select"
                value={at}
                onChange={(event) => choose(Number(event.target.value))}
              >
                {options.map(({ scope }, index) => (
                  <option key={scope.id} value={index}>
                    {scope.label}
                  </option>
                ))}
              </select>
            </div>
          )}
          <fieldset className="field bare change-tables" aria-invalid={tried && none}>
            <legend className="label">Tables to write to</legend>
            {tables.map((table) => (
              <label key={nameOf(table)} className="change-table">
                <input type="checkbox" checked={picked.has(nameOf(table))} onChange={() => toggle(nameOf(table))} />
                <span className="mono">{nameOf(table)}</span>
                <span className="muted">{allowed(table)}</span>
              </label>
            ))}
            {tried && none && (
              <div className="problem" role="alert">
                Pick at least one table.
              </div>
            )}
          </fieldset>
          <WishFields wish={wish} option={option} wrong={tried ? wrong : null} onChange={setWish} />
          <Refusal words={option.refused === null ? props.problem : `${option.refused}.`} />
        </>
      )}
    </FormDialog>
  );
}

/** Where there is nothing to choose, it is chosen. */
const onlyOne = (tables: readonly TableScope[]): ReadonlySet<string> =>
  new Set(tables.length === 1 ? tables.map(nameOf) : []);
