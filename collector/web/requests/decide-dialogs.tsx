/** Approve and deny, each asked once more. A denial needs a reason; an approval may carry a note. */
import { useState } from 'react';
import { z } from 'zod';
import type { RequestView } from '../../../shared/api.ts';
import { isSignedOut, Refusal } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { environmentLabel, firstName } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { scopeWords } from '../words/scope.ts';

type Decision = 'approve' | 'deny';
interface Props {
  readonly request: RequestView;
  readonly onClose: () => void;
  readonly onAnswered: (request: RequestView, what: Decision) => void;
  /** Somebody else was faster, or it was withdrawn. */
  readonly onMoved: () => void;
}

function useDecision({ request, onAnswered }: Props, what: Decision) {
  const { calls, onSignedOut } = useDesk();
  const [note, setNote, clear] = useDraft(`${what}-${request.id}`, z.string(), '');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const send = async (): Promise<void> => {
    if (sending) return;
    setSending(true);
    setProblem(null);
    const said = note.trim();
    try {
      const answer = await calls.decide(request.id, what, said === '' ? {} : { note: said });
      clear();
      onAnswered(answer, what);
    } catch (error) {
      setSending(false);
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    }
  };
  return { note, setNote, sending, problem, send, moved: problem instanceof Refusal && problem.status === 409 };
}

function Failure({
  problem,
  moved,
  onMoved,
}: {
  readonly problem: unknown;
  readonly moved: boolean;
  readonly onMoved: () => void;
}) {
  if (problem === null) return null;
  return (
    <ProblemNote problem={problem}>
      {moved && (
        <button type="button" className="link" onClick={onMoved}>
          Show where it stands now
        </button>
      )}
    </ProblemNote>
  );
}

export function ApproveDialog(props: Props) {
  const { request, onClose, onMoved } = props;
  const { note, setNote, sending, problem, send, moved } = useDecision(props, 'approve');
  const minutes = plural(request.minutes, 'minute');
  return (
    <Dialog
      title={`Approve ${minutes} on ${request.target.label}?`}
      onClose={onClose}
      onSubmit={() => void send()}
      actions={
        <>
          <button type="button" className="btn quiet" onClick={onClose}>
            Back
          </button>
          <button type="submit" className="btn primary" disabled={sending || moved}>
            {sending ? 'Approving…' : `Approve ${minutes}`}
          </button>
        </>
      }
    >
      <p>
        {request.by.name} may {scopeWords(request.scope).toLowerCase()} in{' '}
        {environmentLabel[request.target.environment].text.toLowerCase()}.
      </p>
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

export function DenyDialog(props: Props) {
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
