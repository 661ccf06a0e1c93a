/** Yes, asked once more. Less can be given than was asked for: fewer minutes, a narrower scope, not every table. */
import { useId } from 'react';
import { leftOf, offered } from '../../shared/approve.ts';
import { lessWords } from '../../shared/given-less.ts';
import { tableName } from '../../shared/narrow.ts';
import { scopeWords, tableWords } from '../../shared/scope-words.ts';
import { askedOf, askedWords } from '../../shared/step-up.ts';
import { environmentWord } from '../glass/scope-words.ts';
import { Foreign } from '../ui/Foreign.tsx';
import { FieldHint } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { plural } from '../words/format.ts';
import { type AnswerProps, useAnswer } from './form.ts';

export function ApproveForm(props: AnswerProps) {
  const { bridge, request, draft, change, onBack } = props;
  const { busy, refused, send } = useAnswer(props, 'approve');
  const id = useId();
  const left = leftOf(request, draft.choice);
  const ready = left.minutes !== null && left.scope !== null && request.digest !== undefined && !busy;
  const words = lessWords({ ...left.less, scope: left.label }, request);
  const minutes = plural(left.minutes ?? request.minutes, 'minute');
  const signIn = askedOf(request.step_up, 'approver');
  const submit = () => {
    const { digest } = request;
    if (!ready || digest === undefined) return;
    const note = draft.note.trim();
    void send(() => bridge.approveRequest({ id: request.id, digest, ...left.less, ...(note === '' ? {} : { note }) }));
  };
  return (
    <form
      className="approve-form"
      aria-label="Approve"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p role="status">
        {left.scope === null ? (
          'Nothing is left of this request.'
        ) : (
          <>
            <Foreign of={request.by.name} /> may {scopeWords(left.scope).toLowerCase()} in{' '}
            {environmentWord[request.target.environment].toLowerCase()} for {minutes}
            {words === null ? '.' : ': '}
            {words !== null && (
              <b>
                <Foreign of={words} />.
              </b>
            )}
          </>
        )}
      </p>
      {signIn !== null && (
        <p className="muted">
          It takes <Foreign of={askedWords(signIn)} />: if yours is not, your browser opens when you approve.
        </p>
      )}
      <GiveLess {...props} id={id} />
      <div className="field">
        <label htmlFor={`${id}-note`}>Note (optional)</label>
        <textarea
          id={`${id}-note`}
          className="input"
          rows={2}
          maxLength={500}
          // biome-ignore lint/a11y/noAutofocus: what was asked for a moment ago
          autoFocus
          value={draft.note}
          aria-describedby={`${id}-hint`}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
          }}
          onChange={(event) => change({ note: event.target.value })}
        />
        <FieldHint id={`${id}-hint`} wrong={null}>
          Stands in the record beside your name. Ctrl+Enter approves.
        </FieldHint>
      </div>
      {refused !== null && <Problem error={refused} />}
      <div className="row approve-answers">
        <button type="submit" className="btn primary large" disabled={!ready}>
          {busy ? 'Approving…' : `Approve ${minutes}`}
        </button>
        <button type="button" className="btn quiet large" onClick={onBack}>
          Back
        </button>
      </div>
    </form>
  );
}

function GiveLess({ request, draft, change, id }: AnswerProps & { readonly id: string }) {
  const { choice } = draft;
  const { chosen, scope, minutes } = leftOf(request, choice);
  const narrower = offered(request);
  const set = (part: Partial<typeof choice>) => change({ choice: { ...choice, ...part } });
  const toggle = (name: string) => {
    const { dropped } = choice;
    set({ dropped: dropped.includes(name) ? dropped.filter((other) => other !== name) : [...dropped, name] });
  };
  return (
    <details className="approve-less">
      <summary>Give less</summary>
      <div className="approve-less-fields">
        <div className="field">
          <label htmlFor={`${id}-minutes`}>Minutes</label>
          <input
            id={`${id}-minutes`}
            className="input num"
            inputMode="numeric"
            value={choice.minutes}
            aria-invalid={minutes === null}
            aria-describedby={`${id}-minutes-hint`}
            onChange={(event) => set({ minutes: event.target.value })}
          />
          <FieldHint
            id={`${id}-minutes-hint`}
            wrong={minutes === null ? `A whole number from 1 to ${request.minutes}` : null}
          >
            {request.minutes} are asked for
          </FieldHint>
        </div>
        {narrower.length > 0 && (
          <div className="field">
            <label htmlFor={`${id}-scope`}>Scope</label>
            <select
              id={`${id}-scope`}
              className="input"
              value={choice.scope}
              onChange={(event) => set({ scope: event.target.value, dropped: [] })}
            >
              <option value="">{request.scope.label}, as asked</option>
              {narrower.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.label}
                </option>
              ))}
            </select>
            <FieldHint id={`${id}-scope-hint`} wrong={null}>
              Those of the policy that allow less
            </FieldHint>
          </div>
        )}
        <fieldset>
          <legend>Tables</legend>
          {chosen.tables.map((table) => {
            const name = tableName(table);
            return (
              <label key={name}>
                <input type="checkbox" checked={!choice.dropped.includes(name)} onChange={() => toggle(name)} />
                <span className="mono">{name}</span>
                <span className="grow" />
                <span className={tableWords(table).writes ? 'approve-writes' : 'muted'}>{tableWords(table).verbs}</span>
              </label>
            );
          })}
          {scope === null && (
            <div className="problem" role="alert">
              Nothing is left. Keep a table, or deny the request.
            </div>
          )}
        </fieldset>
      </div>
    </details>
  );
}
