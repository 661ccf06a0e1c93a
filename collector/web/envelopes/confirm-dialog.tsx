/** The second approver: what they confirm, then the opening key, which is shown this once and is kept nowhere. */
import { useState } from 'react';
import type { EnvelopeView } from '../../../shared/api-envelope.ts';
import { visibleText } from '../../../shared/visible.ts';
import { useDesk } from '../state/desk.tsx';
import { Foreign, ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { plural } from '../words/number.ts';
import { sheetOf } from './sheet.ts';
import { useAct } from './use-act.ts';

interface Props {
  readonly envelope: EnvelopeView;
  readonly onClose: () => void;
  readonly onConfirmed: () => void;
}

export function ConfirmDialog({ envelope, onClose, onConfirmed }: Props) {
  const { calls } = useDesk();
  const [kept, setKept] = useState(false);
  const confirming = useAct(async () => {
    const answer = await calls.confirmEnvelope(envelope.id);
    onConfirmed();
    return answer;
  });
  const { holder, device, target, scope, minutes, days } = envelope;
  const key = confirming.answer?.opening_key ?? null;
  if (confirming.answer !== null && key !== null) {
    const done = confirming.answer.envelope;
    const sheet = new Blob([sheetOf(done, key)], { type: 'text/plain' });
    return (
      <Dialog
        key="sealed"
        title="Sealed. Keep this opening key"
        wide
        // Closing it is the one thing here that cannot be undone.
        onClose={() => kept && onClose()}
        onSubmit={onClose}
        actions={
          <>
            <button type="button" className="btn" onClick={() => save(sheet, done.id)}>
              Save as a text file
            </button>
            <span className="grow" />
            <button type="submit" className="btn primary" disabled={!kept}>
              Done
            </button>
          </>
        }
      >
        <p>
          It is shown this once. Put it where approvers on duty find it and the engineer does not: a shared vault, or on
          paper in a safe. From it and the engineer’s challenge an approver computes the code, also while this collector
          is away.
        </p>
        <output className="opening-key selectable" aria-label="Opening key">
          {key.replaceAll('-', ' ')}
        </output>
        <label className="row">
          <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />I have kept it
        </label>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={`Confirm the envelope for ${visibleText(holder.name)}?`}
      wide
      onClose={onClose}
      onSubmit={confirming.send}
      actions={
        <>
          <span className="grow" />
          <button type="button" className="btn quiet" onClick={onClose} disabled={confirming.sending}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={confirming.sending}>
            {confirming.sending ? 'Sealing…' : 'Confirm and seal'}
          </button>
        </>
      }
    >
      <p>
        <Foreign of={holder.name} /> can then read <Foreign of={`${target.label} with ${scope.label}`} /> from{' '}
        <Foreign of={device.name} /> for {plural(minutes, 'minute')}, once, within {plural(days, 'day')}, without asking
        anybody but the approver who reads out the code.
      </p>
      <p className="muted">
        Asked for by <Foreign of={envelope.asked.by} />: “<Foreign of={envelope.reason} />”
      </p>
      {confirming.problem !== null && <ProblemNote problem={confirming.problem} />}
    </Dialog>
  );
}

function save(sheet: Blob, id: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(sheet);
  link.download = `opening-key-${id.slice(0, 8)}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}
