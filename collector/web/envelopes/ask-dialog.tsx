/** Asking for an envelope: for which device, what would be in it, and why. It is the first of its two confirmations. */
import { useId, useState } from 'react';
import type { EnvelopeOffer } from '../../../shared/api-envelope.ts';
import { reason as reasonShape } from '../../../shared/grants.ts';
import { visibleText } from '../../../shared/visible.ts';
import { useDesk } from '../state/desk.tsx';
import { ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { plural } from '../words/number.ts';
import { useAct } from './use-act.ts';

interface Props {
  readonly offers: readonly EnvelopeOffer[];
  readonly onClose: () => void;
  readonly onAsked: () => void;
}

export function AskDialog({ offers, onClose, onAsked }: Props) {
  const { calls } = useDesk();
  const ids = useId();
  const [device, setDevice] = useState(0);
  const [choice, setChoice] = useState(0);
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const offer = offers[device];
  const chosen = offer?.choices[choice];
  const asking = useAct(async () => {
    if (offer === undefined || chosen === undefined) throw new Error('nothing is offered');
    const { target, scope, severity } = chosen;
    const wanted = { target: target.id, scope: scope.id, severity, reason: reason.trim() };
    await calls.askEnvelope({ device: offer.device.jkt, ...wanted });
    onAsked();
    onClose();
  });
  const cancel = (
    <button type="button" className="btn quiet" onClick={onClose} disabled={asking.sending}>
      {offer === undefined ? 'Close' : 'Cancel'}
    </button>
  );
  if (offer === undefined || chosen === undefined)
    return (
      <Dialog title="Nothing can be sealed" onClose={onClose} onSubmit={onClose} actions={cancel}>
        <p>
          The policy lets nothing be sealed for anybody who has signed in on a device. An operator can add an offline
          section to a severity.
        </p>
      </Dialog>
    );
  const send = (): void => {
    if (reasonShape.safeParse(reason).success) asking.send();
    else setWrong('Say why, in 8 to 500 characters.');
  };
  return (
    <Dialog
      title="Seal an offline envelope"
      wide
      onClose={onClose}
      onSubmit={send}
      actions={
        <>
          <span className="grow" />
          {cancel}
          <button type="submit" className="btn primary" disabled={asking.sending || !offer.ready}>
            {asking.sending ? 'Asking…' : 'Ask and confirm'}
          </button>
        </>
      }
    >
      <p className="muted">You confirm it with this. It is sealed when another approver has confirmed it, too.</p>
      <div className="field">
        <label htmlFor={`${ids}-device`}>For which device</label>
        <select
          id={`${ids}-device`}
          className="input"
          value={device}
          onChange={(event) => {
            setDevice(Number(event.target.value));
            setChoice(0);
          }}
        >
          {offers.map((one, at) => (
            <option key={one.device.jkt} value={at}>
              {visibleText(`${one.holder.name}, ${one.device.name}`)}
            </option>
          ))}
        </select>
        {!offer.ready && (
          <div className="problem">
            This device has not told its key yet. Its holder has to sign in with the app once.
          </div>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${ids}-choice`}>What it opens</label>
        <select
          id={`${ids}-choice`}
          className="input"
          value={choice}
          onChange={(event) => setChoice(Number(event.target.value))}
        >
          {offer.choices.map(({ target, scope, severity, minutes, days }, at) => (
            <option key={`${target.id} ${scope.id} ${severity}`} value={at}>
              {`${visibleText(target.label)}, ${visibleText(scope.label)}, ${severity}: ${plural(minutes, 'minute')}, within ${plural(days, 'day')}`}
            </option>
          ))}
        </select>
      </div>
      <NoteField
        label="Reason"
        hint="Stands in the record. Ctrl+Enter asks."
        value={reason}
        onChange={(next) => {
          setReason(next);
          setWrong(null);
        }}
        problem={wrong}
        max={500}
        rows={2}
        placeholder="On call this week, for when the sign-in is down"
      />
      {asking.problem !== null && <ProblemNote problem={asking.problem} />}
    </Dialog>
  );
}
