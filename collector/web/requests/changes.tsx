/** What is to be changed about a live grant, and what was: more time, write access for a while. Answered here, too. */
import { useState } from 'react';
import { z } from 'zod';
import type { RequestView } from '../../../shared/api.ts';
import type { ChangeView } from '../../../shared/api-change.ts';
import { isSignedOut, Refusal } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { Chip, Foreign, Moment } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { changeStand, changeTables, changeTitle, changeWords } from '../words/change.ts';
import { firstName } from '../words/grant.ts';
import { countdown } from '../words/time.ts';
import { ScopeTable } from './scope-table.tsx';
import { Failure } from './use-decision.tsx';

type Act = 'approve' | 'deny' | 'revoke';
interface ChangesProps {
  readonly request: RequestView;
  readonly now: number;
  readonly onAnswered: (request: RequestView) => void;
  readonly onMoved: () => void;
}

export function Changes({ request, now, onAnswered, onMoved }: ChangesProps) {
  const [asking, setAsking] = useState<{ readonly change: ChangeView; readonly act: Act } | null>(null);
  const changes = [...(request.changes ?? [])].reverse();
  if (changes.length === 0) return null;
  const done = (then: () => void) => {
    setAsking(null);
    then();
  };
  return (
    <section className="changes" aria-labelledby="changes-title">
      <h2 id="changes-title">Changes of this grant</h2>
      <ul>
        {changes.map((change) => (
          <Line
            key={change.id}
            request={request}
            change={change}
            now={now}
            onAsk={(act) => setAsking({ change, act })}
          />
        ))}
      </ul>
      {asking !== null && (
        <AnswerDialog
          request={request}
          {...asking}
          onClose={() => setAsking(null)}
          onAnswered={(answer) => done(() => onAnswered(answer))}
          onMoved={() => done(onMoved)}
        />
      )}
    </section>
  );
}

function Line(props: {
  readonly request: RequestView;
  readonly change: ChangeView;
  readonly now: number;
  readonly onAsk: (act: Act) => void;
}) {
  const { request, change, now, onAsk } = props;
  const { me } = useDesk();
  const own = request.by.sub === me.person.sub;
  const approver = me.person.roles.includes('approver');
  const mayEnd = (approver || me.person.roles.includes('reviewer')) && change.state === 'in_force';
  const waits = change.state === 'asked';
  const stand = changeStand(change);
  return (
    <li className="change-line" data-state={change.state}>
      <div className="row">
        <b>{changeTitle(change)}</b>
        <Chip {...stand} />
        {waits && <span className="faint num">lapses in {countdown(Date.parse(change.lapses_at) - now)}</span>}
        {change.until !== null && (change.state === 'in_force' || change.state === 'made') && (
          <span className="faint num">
            until <Moment at={change.until} as="clock" />
          </span>
        )}
      </div>
      <blockquote className="request-reason">
        <Foreign of={change.reason} />
      </blockquote>
      {waits && change.scope !== null && <ScopeTable scope={change.scope} who={firstName(request.by.name)} besides />}
      {change.note !== null && change.note !== '' && (
        <p className="muted">
          “<Foreign of={change.note} />”
        </p>
      )}
      {waits && approver && !own && change.approval_refused != null && (
        <p className="muted">{change.approval_refused}.</p>
      )}
      {((waits && approver && !own) || mayEnd) && (
        <div className="row change-acts">
          {waits && change.approval_refused == null && (
            <button type="button" className="btn primary" onClick={() => onAsk('approve')}>
              Approve {change.kind === 'extend' ? 'more time' : 'write access'}…
            </button>
          )}
          {waits && (
            <button type="button" className="btn" onClick={() => onAsk('deny')}>
              Deny {change.kind === 'extend' ? 'more time' : 'write access'}…
            </button>
          )}
          {mayEnd && (
            <button type="button" className="btn danger" onClick={() => onAsk('revoke')}>
              End write access…
            </button>
          )}
        </div>
      )}
    </li>
  );
}

const ACTS: Readonly<Record<Act, { readonly title: string; readonly action: string; readonly doing: string }>> = {
  approve: { title: 'Approve', action: 'Approve', doing: 'Approving…' },
  deny: { title: 'Deny', action: 'Deny', doing: 'Denying…' },
  revoke: { title: 'End write access?', action: 'End write access', doing: 'Ending…' },
};

function AnswerDialog(props: {
  readonly request: RequestView;
  readonly change: ChangeView;
  readonly act: Act;
  readonly onClose: () => void;
  readonly onAnswered: (request: RequestView) => void;
  readonly onMoved: () => void;
}) {
  const { request, change, act, onClose, onAnswered } = props;
  const { calls, onSignedOut } = useDesk();
  const [note, setNote, clear] = useDraft(`${act}-${change.id}`, z.string(), '');
  const [sending, setSending] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const moved = problem instanceof Refusal && problem.status === 409;
  const who = firstName(request.by.name);
  const words = ACTS[act];
  const send = async () => {
    if (sending) return;
    if (act === 'deny' && note.trim() === '') return setEmpty(true);
    setSending(true);
    setProblem(null);
    try {
      const answer = await calls.answerChange(request.id, change.id, act, note.trim());
      clear();
      onAnswered(answer);
    } catch (error) {
      setSending(false);
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    }
  };
  return (
    <Dialog
      title={act === 'revoke' ? words.title : `${words.title}: ${changeWords(change)}?`}
      onClose={onClose}
      onSubmit={() => void send()}
      actions={
        <>
          <button type="button" className="btn quiet" onClick={onClose}>
            Back
          </button>
          <button
            type="submit"
            className={`btn ${act === 'approve' ? 'primary' : 'danger'}`}
            disabled={sending || moved}
          >
            {sending ? words.doing : words.action}
          </button>
        </>
      }
    >
      {act === 'revoke' ? (
        <p>
          {who} goes on reading. A transaction that wrote to {changeTables(change)} and is not committed is rolled back.
        </p>
      ) : (
        <NoteField
          label={act === 'deny' ? 'Reason' : 'Note'}
          hint={act === 'deny' ? `${who} reads this at once.` : `${who} and the reviewers read this.`}
          value={note}
          onChange={(value) => {
            setNote(value);
            setEmpty(false);
          }}
          max={500}
          problem={empty ? `${who} needs a reason to go on: one sentence is enough.` : null}
        />
      )}
      <Failure problem={problem} moved={moved} onMoved={props.onMoved} />
    </Dialog>
  );
}
