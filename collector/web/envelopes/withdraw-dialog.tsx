/** Withdrawing an envelope: it opens nothing any more, and its role goes at once. */
import { useState } from 'react';
import type { EnvelopeView } from '../../../shared/api-envelope.ts';
import { visibleText } from '../../../shared/visible.ts';
import { useDesk } from '../state/desk.tsx';
import { ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { useAct } from './use-act.ts';

interface Props {
  readonly envelope: EnvelopeView;
  readonly onClose: () => void;
  readonly onWithdrawn: () => void;
}

export function WithdrawDialog({ envelope, onClose, onWithdrawn }: Props) {
  const { calls } = useDesk();
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const withdrawing = useAct(async () => {
    await calls.withdrawEnvelope(envelope.id, reason.trim());
    onWithdrawn();
    onClose();
  });
  return (
    <Dialog
      title={`Withdraw the envelope for ${visibleText(envelope.holder.name)}?`}
      onClose={onClose}
      onSubmit={() => (reason.trim() === '' ? setWrong('Say why.') : withdrawing.send())}
      actions={
        <>
          <span className="grow" />
          <button type="button" className="btn quiet" onClick={onClose} disabled={withdrawing.sending}>
            Cancel
          </button>
          <button type="submit" className="btn danger" disabled={withdrawing.sending}>
            {withdrawing.sending ? 'Withdrawing…' : 'Withdraw'}
          </button>
        </>
      }
    >
      <p>
        Its credentials go at once, whether the device hears of it or not. If it was opened in the meantime, whoever
        works with it is cut.
      </p>
      <NoteField
        label="Reason"
        hint="Stands in the record."
        value={reason}
        onChange={(next) => {
          setReason(next);
          setWrong(null);
        }}
        problem={wrong}
        max={500}
        rows={2}
        placeholder="The laptop was lost"
      />
      {withdrawing.problem !== null && <ProblemNote problem={withdrawing.problem} />}
    </Dialog>
  );
}
