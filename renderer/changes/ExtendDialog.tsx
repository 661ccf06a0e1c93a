/** More time for the live grant: nothing reconnects, the clock goes on. */
import { useState } from 'react';
import type { ChangeAsk, ChangeOption } from '../../shared/api-change.ts';
import type { LiveGrant } from '../../shared/ipc.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { utcTime } from '../words/format.ts';
import { Consequence, Refusal, WishFields, wrongWith } from './fields.tsx';
import './changes.css';

export function ExtendDialog(props: {
  readonly grant: LiveGrant;
  readonly option: ChangeOption;
  readonly busy: boolean;
  /** Why the collector refused it. */
  readonly problem: string | null;
  readonly onSend: (wanted: ChangeAsk) => void;
  readonly onNo: () => void;
}) {
  const { option, busy, grant } = props;
  const [wish, setWish] = useState({ minutes: String(option.default_minutes), reason: '' });
  const [tried, setTried] = useState(false);
  if (option.refused !== null)
    return (
      <Dialog title="No more time" action="Go on" stay="Close" onYes={props.onNo} onNo={props.onNo}>
        <p>{option.refused}.</p>
        <p className="muted">
          The glass closes at {utcTime(grant.expires_at)}. Hand back and ask again to go on after that.
        </p>
      </Dialog>
    );
  const wrong = wrongWith(wish, option);
  const submit = () => {
    setTried(true);
    if (wrong === null)
      props.onSend({
        kind: 'extend',
        minutes: Number(wish.minutes),
        reason: wish.reason.trim(),
        alone: option.alone,
      });
  };
  const minutes = Number(wish.minutes);
  const until =
    wrong?.minutes === undefined
      ? `The glass then closes at ${utcTime(new Date(Date.parse(grant.expires_at) + minutes * 60_000).toISOString())}.`
      : '';
  return (
    <FormDialog
      title="More time"
      className="change"
      action={busy ? 'Asking…' : option.alone ? 'Extend' : 'Ask for more time'}
      disabled={busy}
      onSubmit={submit}
      onNo={props.onNo}
    >
      {(detail) => (
        <>
          <div id={detail}>
            <Consequence option={option}>{until}</Consequence>
          </div>
          <WishFields wish={wish} option={option} wrong={tried ? wrong : null} onChange={setWish} />
          <Refusal words={props.problem} />
        </>
      )}
    </FormDialog>
  );
}
