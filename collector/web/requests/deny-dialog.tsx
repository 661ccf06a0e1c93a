/** Deny, asked once more. A denial needs a reason. */
import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { firstName } from '../words/grant.ts';
import { type DecisionProps, Failure, useDecision } from './use-decision.tsx';

export function DenyDialog(props: DecisionProps) {
  const { request, onClose, onMoved } = props;
  const { note, setNote, sending, problem, send, moved } = useDecision(props, 'deny');
  const [empty, setEmpty] = useState(false);
  const who = firstName(request.by.name);
  return (
    <Dialog
      title={`Deny ${who}’s request?`}
      onClose={onClose}
      onSubmit={() => (note.trim() === '' ? setEmpty(true) : void send())}
      actions={
        <>
          <button type="button" className="btn quiet" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="btn danger" disabled={sending || moved}>
            {sending ? 'Denying…' : 'Deny request'}
          </button>
        </>
      }
    >
      <NoteField
        label="Reason"
        hint={`${who} reads this at once, so say what would help instead.`}
        value={note}
        onChange={(value) => {
          setNote(value);
          setEmpty(false);
        }}
        max={500}
        problem={empty ? `${who} needs a reason to go on: one sentence is enough.` : null}
      />
      <Failure problem={problem} moved={moved} onMoved={onMoved} />
    </Dialog>
  );
}
