/** Approve, asked once more. Less can be given than was asked for: fewer minutes, a narrower scope, not every table. */
import { useId, useState } from 'react';
import type { RequestView } from '../../../shared/api.ts';
import { asAsked, type Choice, leftOf, offered } from '../../../shared/approve.ts';
import { lessWords } from '../../../shared/given-less.ts';
import type { Scope } from '../../../shared/grants.ts';
import { tableName } from '../../../shared/narrow.ts';
import { scopeWords, tableWords } from '../../../shared/scope-words.ts';
import { askedOf, askedWords } from '../../../shared/step-up.ts';
import { useDesk } from '../state/desk.tsx';
import { Foreign } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { environmentLabel, firstName } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { type CameBack, leaveToSignIn } from './step-up.ts';
import { type DecisionProps, Failure, useDecision } from './use-decision.tsx';

const chosenBefore = (back: CameBack | null): boolean =>
  back !== null && (back.choice.scope !== '' || back.choice.dropped.length > 0);

/** `back` is what was chosen before a fresh sign-in; null where this is opened anew. */
export function ApproveDialog(props: DecisionProps & { readonly back: CameBack | null }) {
  const { request, back, onClose, onMoved } = props;
  const { me } = useDesk();
  const [choice, setChoice] = useState<Choice>(back?.choice ?? asAsked(request));
  const { note, setNote, sending, problem, send, moved } = useDecision(props, 'approve', (refusal) =>
    leaveToSignIn(request.id, me.person.sub, choice, refusal),
  );
  const asked = askedOf(request.step_up, 'approver');
  const { chosen, scope, minutes: given, less, label } = leftOf(request, choice);
  const fits = given !== null;
  const minutes = plural(given ?? request.minutes, 'minute');
  const words = lessWords({ ...less, scope: label }, request);
  const environment = environmentLabel[request.target.environment].text.toLowerCase();
  const ready = fits && scope !== null;
  return (
    <Dialog
      title={`Approve ${minutes} on ${request.target.label}?`}
      focus={back === null ? 'write' : 'answer'}
      onClose={onClose}
      onSubmit={() => ready && void send({ ...less, digest: request.digest })}
      actions={
        <>
          <button type="button" className="btn quiet" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="btn primary" disabled={sending || moved || !ready}>
            {sending ? 'Approving…' : `Approve ${minutes}`}
          </button>
        </>
      }
    >
      <p role="status">
        {scope === null
          ? 'Nothing is left of this request.'
          : `${request.by.name} may ${scopeWords(scope).toLowerCase()} in ${environment}${words === null ? '.' : ': '}`}
        {scope !== null && words !== null && (
          <b>
            <Foreign of={words} />.
          </b>
        )}
      </p>
      {back !== null && back.problem === null && (
        <p role="status" className="note ok">
          You have signed in again. What you chose is as you left it; approve it now.
        </p>
      )}
      {back !== null && back.problem !== null && (
        <p role="alert" className="note danger">
          {back.problem}
        </p>
      )}
      {back === null && asked !== null && (
        <p className="muted">
          Approving takes <Foreign of={askedWords(asked)} />: if yours is not, you sign in first and come back here.
        </p>
      )}
      <details className="less" open={chosenBefore(back)}>
        <summary>Give less</summary>
        <Less
          request={request}
          chosen={chosen}
          choice={choice}
          onChange={setChoice}
          empty={scope === null}
          fits={fits}
        />
      </details>
      <NoteField
        label="Note (optional)"
        hint="Stands in the record beside your name. Ctrl+Enter approves."
        value={note}
        onChange={setNote}
        max={500}
        rows={2}
      />
      <Failure problem={problem} moved={moved} onMoved={onMoved} />
    </Dialog>
  );
}

function Less({
  request,
  chosen,
  choice,
  onChange,
  empty,
  fits,
}: {
  readonly request: RequestView;
  readonly chosen: Scope;
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
  readonly empty: boolean;
  readonly fits: boolean;
}) {
  const id = useId();
  const who = firstName(request.by.name);
  const narrower = offered(request);
  const toggle = (name: string): void => {
    const dropped = choice.dropped.includes(name)
      ? choice.dropped.filter((other) => other !== name)
      : [...choice.dropped, name];
    onChange({ ...choice, dropped });
  };
  return (
    <div className="less-fields">
      <div className="field less-minutes">
        <label htmlFor={`${id}-minutes`}>Minutes</label>
        <input
          id={`${id}-minutes`}
          className="input num"
          inputMode="numeric"
          value={choice.minutes}
          aria-invalid={!fits}
          aria-describedby={`${id}-minutes-help`}
          onChange={(event) => onChange({ ...choice, minutes: event.target.value })}
        />
        <div id={`${id}-minutes-help`} className={fits ? 'hint' : 'problem'}>
          {fits ? `${request.minutes} are asked for` : `A whole number from 1 to ${request.minutes}`}
        </div>
      </div>
      {narrower.length > 0 && (
        <div className="field">
          <label htmlFor={`${id}-scope`}>Scope</label>
          <select
            id={`${id}-scope`}
            className="select"
            value={choice.scope}
            onChange={(event) => onChange({ ...choice, scope: event.target.value, dropped: [] })}
          >
            <option value="">{request.scope.label}, as asked</option>
            {narrower.map((scope) => (
              <option key={scope.id} value={scope.id}>
                {scope.label}
              </option>
            ))}
          </select>
          <div className="hint">Those of the policy that allow less</div>
        </div>
      )}
      <fieldset className="less-tables" aria-describedby={empty ? `${id}-empty` : undefined}>
        <legend>Tables</legend>
        <div className="less-scroll">
          {chosen.tables.map((table) => {
            const name = tableName(table);
            return (
              <label key={name}>
                <input type="checkbox" checked={!choice.dropped.includes(name)} onChange={() => toggle(name)} />
                <span className="mono">{name}</span>
                <span className="grow" />
                <span className={tableWords(table).writes ? 'scope-writes' : 'muted'}>{tableWords(table).verbs}</span>
              </label>
            );
          })}
        </div>
        {empty && (
          <div id={`${id}-empty`} className="problem" role="alert">
            Nothing is left. Keep a table, or deny the request so that {who} hears why.
          </div>
        )}
      </fieldset>
    </div>
  );
}
