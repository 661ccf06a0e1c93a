/** The challenge to read out, the code that comes back, and why: the three things that open an envelope. */
import { useEffect, useRef, useState } from 'react';
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Field } from '../request/Field.tsx';
import { REASON, TICKET } from '../request/form.ts';
import { FormDialog } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { minutes } from '../words/format.ts';

type Wrong = Partial<Record<'code' | 'ticket' | 'reason', string>>;
/** About the code: said beside it, and the rest of the form stays as it is. */
const OF_CODE = ['code_mistyped', 'wrong_code'];

const isReason = (text: string): boolean => text.length >= REASON.min && text.length <= REASON.max;

export function OpenEnvelope(props: {
  readonly bridge: Bridge;
  readonly envelope: HeldEnvelope;
  readonly onBack: () => void;
}) {
  const { bridge, envelope } = props;
  const [challenge, setChallenge] = useState<string | null>(null);
  const [code, setCode] = useState('');
  const [ticket, setTicket] = useState('');
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<Wrong>({});
  const [refused, setRefused] = useState<UserError | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // Each is shown once; a second one for a component that is mounted twice would only be wasted.
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void ask(bridge.challengeEnvelope(envelope.id)).then((answer) => {
      if (answer.ok) setChallenge(answer.value.challenge);
      else setRefused(answer.error);
    });
  }, [bridge, envelope.id]);
  useEffect(() => input.current?.focus(), []);

  const open = async () => {
    if (busy) return;
    const found: Wrong = {
      ...(code.trim() === '' ? { code: 'Type the code that the approver reads out.' } : {}),
      ...(TICKET.test(ticket.trim()) ? {} : { ticket: 'The incident’s number, such as INC-4711.' }),
      ...(isReason(reason.trim()) ? {} : { reason: `Say why, in ${REASON.min} to ${REASON.max} characters.` }),
    };
    setWrong(found);
    setRefused(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const answer = await ask(
      bridge.openEnvelope({ id: envelope.id, code, ticket: ticket.trim(), reason: reason.trim() }),
    );
    setBusy(false);
    if (answer.ok) return;
    if (!OF_CODE.includes(answer.error.code)) return setRefused(answer.error);
    setWrong({ code: `${answer.error.message} ${answer.error.hint ?? ''}`.trim() });
    input.current?.focus();
  };

  return (
    <FormDialog
      title={`Open the envelope for ${envelope.target.label}`}
      className="envelope-opening"
      action="Open the envelope"
      back="Back"
      disabled={busy || challenge === null}
      onSubmit={() => void open()}
      onNo={props.onBack}
    >
      {(detail) => (
        <>
          <p id={detail} className="muted">
            Call an approver and read this out. They answer with a code of five groups. It opens {envelope.scope.label}{' '}
            for {minutes(envelope.minutes)}, once; this cannot be undone, and a review becomes due.
          </p>
          {refused !== null && <Problem error={refused} />}
          <div className="challenge">
            <span className="muted">Challenge</span>
            <output className="selectable" aria-label="Challenge">
              {challenge ?? '·····'}
            </output>
          </div>
          <Field label="Code" name="code" error={wrong.code}>
            {(aria) => (
              <input
                {...aria}
                ref={input}
                className="input mono"
                value={code}
                placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setCode(event.target.value.toUpperCase())}
              />
            )}
          </Field>
          <Field label="Incident" name="ticket" error={wrong.ticket}>
            {(aria) => (
              <input
                {...aria}
                className="input"
                value={ticket}
                placeholder="INC-4711"
                autoComplete="off"
                onChange={(event) => setTicket(event.target.value.toUpperCase())}
              />
            )}
          </Field>
          <Field label="Why" name="reason" error={wrong.reason}>
            {(aria) => (
              <input
                {...aria}
                className="input"
                value={reason}
                maxLength={500}
                placeholder="What is wrong, and what you will look at"
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </FormDialog>
  );
}
