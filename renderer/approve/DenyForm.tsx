/** No, and why: the engineer reads it at once. */
import { useId, useState } from 'react';
import { FieldHint } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { type AnswerProps, useAnswer } from './form.ts';
import { firstName } from './words.ts';

export function DenyForm(props: AnswerProps) {
  const { bridge, request, draft, change, onBack } = props;
  const { busy, refused, send } = useAnswer(props, 'deny');
  const [empty, setEmpty] = useState(false);
  const id = useId();
  const who = firstName(request);
  const submit = () => {
    const note = draft.reason.trim();
    setEmpty(note === '');
    if (note !== '') void send(() => bridge.denyRequest({ id: request.id, note }));
  };
  return (
    <form
      className="approve-form"
      aria-label="Deny"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="field">
        <label htmlFor={id}>Reason</label>
        <textarea
          id={id}
          className="input"
          rows={2}
          maxLength={500}
          // biome-ignore lint/a11y/noAutofocus: what was asked for a moment ago
          autoFocus
          value={draft.reason}
          aria-invalid={empty}
          aria-describedby={`${id}-hint`}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
          }}
          onChange={(event) => {
            change({ reason: event.target.value });
            setEmpty(false);
          }}
        />
        <FieldHint id={`${id}-hint`} wrong={empty ? `${who} needs a reason to go on: one sentence is enough.` : null}>
          {who} reads this at once, so say what would help instead.
        </FieldHint>
      </div>
      {refused !== null && <Problem error={refused} />}
      <div className="row approve-answers">
        <button type="submit" className="btn danger large" disabled={busy}>
          {busy ? 'Denying…' : 'Deny request'}
        </button>
        <button type="button" className="btn quiet large" onClick={onBack}>
          Back
        </button>
      </div>
    </form>
  );
}
