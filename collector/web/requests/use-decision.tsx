/** One answer to a request, on its way: the note that is kept while it is written, and what came of sending it. */
import { useState } from 'react';
import { z } from 'zod';
import type { approve, RequestView } from '../../../shared/api.ts';
import { isSignedOut, needsStepUp, Refusal } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { ProblemNote } from '../ui/bits.tsx';

type Decision = 'approve' | 'deny';
export interface DecisionProps {
  readonly request: RequestView;
  readonly onClose: () => void;
  readonly onAnswered: (request: RequestView, what: Decision) => void;
  /** Somebody else was faster, or it was withdrawn. */
  readonly onMoved: () => void;
}

/** `onStepUp` is told that a fresh sign-in is asked for; the note is kept. */
export function useDecision(
  { request, onAnswered }: DecisionProps,
  what: Decision,
  onStepUp: (refusal: Refusal) => void = () => undefined,
) {
  const { calls, onSignedOut } = useDesk();
  const [note, setNote, clear] = useDraft(`${what}-${request.id}`, z.string(), '');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  /** `given` is what an approver leaves out. */
  const send = async (given: Omit<z.input<typeof approve>, 'note'> = {}): Promise<void> => {
    if (sending) return;
    setSending(true);
    setProblem(null);
    const said = note.trim();
    try {
      const answer = await calls.decide(request.id, what, said === '' ? given : { ...given, note: said });
      clear();
      onAnswered(answer, what);
    } catch (error) {
      // The page is about to be left: nothing on it may be pressed again.
      if (needsStepUp(error)) return onStepUp(error);
      setSending(false);
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    }
  };
  return { note, setNote, sending, problem, send, moved: problem instanceof Refusal && problem.status === 409 };
}

export function Failure({
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
