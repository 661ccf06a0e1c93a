/** Signing off: what it covers, an outcome, a note. Entries that came meanwhile send the reviewer back, notes kept. */
import { useState } from 'react';
import { z } from 'zod';
import type { ReviewGrant } from '../../../shared/api.ts';
import { isSignedOut, Refusal } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { firstName } from '../words/grant.ts';
import { count, plural } from '../words/number.ts';
import { toJudge } from '../words/timeline.ts';
import { signable, tally, type Verdicts } from '../words/verdicts.ts';

interface Props {
  readonly view: ReviewGrant;
  readonly drafts: Verdicts;
  readonly onClose: () => void;
  /** New entries came: read them, then sign. */
  readonly onStale: () => void;
  readonly onSigned: () => void;
}

const draftSchema = z.object({ outcome: z.enum(['accepted', 'followup']), note: z.string() });
type Draft = z.infer<typeof draftSchema>;
const EMPTY: Draft = { outcome: 'accepted', note: '' };

const OUTCOMES = [
  { id: 'accepted', label: 'Accepted', text: 'What was done fits the reason' },
  { id: 'followup', label: 'Follow-up', text: 'Something needs an answer' },
] as const;

function Covers({ view, drafts }: { readonly view: ReviewGrant; readonly drafts: Verdicts }) {
  const judged = toJudge(view.timeline);
  const sums = tally(judged, drafts);
  return (
    <ul className="covers num">
      <li>
        <b>{plural(judged.length, 'statement')}</b> by {view.item.request.by.name}
      </li>
      <li className="row">
        <span className="chip ok">{count(sums.expected)} expected</span>
        <span className="chip warn">{count(sums.ask)} to ask</span>
        <span className="chip danger">{count(sums.wrong)} wrong</span>
        <span className="chip">{count(sums.none)} without a verdict</span>
      </li>
      <li className="muted">Everything in the ledger up to size {count(view.tree_size)}</li>
    </ul>
  );
}

/** What somebody may have overlooked; said once, not forced. */
function advice(drafts: Verdicts, view: ReviewGrant, outcome: Draft['outcome']): string | null {
  const sums = tally(toJudge(view.timeline), drafts);
  if (outcome === 'accepted' && sums.wrong > 0)
    return `You marked ${plural(sums.wrong, 'statement')} wrong. Accepting says that no answer is needed.`;
  if (sums.none > 0)
    return `${plural(sums.none, 'statement')} ${sums.none === 1 ? 'has' : 'have'} no verdict. You can sign, but the record will say so.`;
  return null;
}

export function SignOffDialog({ view, drafts, onClose, onStale, onSigned }: Props) {
  const { calls, me, onSignedOut } = useDesk();
  const { request } = view.item;
  const [draft, setDraft, clearDraft] = useDraft(`sign-${request.id}`, draftSchema, EMPTY);
  const [sending, setSending] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const stale = problem instanceof Refusal && problem.code === 'not_seen';
  const hint = advice(drafts, view, draft.outcome);

  const submit = async (): Promise<void> => {
    if (sending) return;
    if (stale) return onStale();
    const note = draft.note.trim();
    if (note === '') return setEmpty(true);
    setSending(true);
    setProblem(null);
    try {
      await calls.signOff(request.id, {
        outcome: draft.outcome,
        note,
        verdicts: signable(toJudge(view.timeline), drafts),
        seen: view.tree_size,
      });
      clearDraft();
      onSigned();
    } catch (error) {
      setSending(false);
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    }
  };

  return (
    <Dialog
      title={`Sign off ${firstName(request.by.name)}’s grant on ${request.target.label}`}
      wide
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        <>
          <span className="faint grow signing-as">Signed as {me.person.name}</span>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={sending}>
            {stale ? 'Read the new entries' : sending ? 'Signing…' : 'Sign off'}
          </button>
        </>
      }
    >
      <Covers view={view} drafts={drafts} />
      <div className="seg" role="radiogroup" aria-label="Outcome">
        {OUTCOMES.map(({ id, label, text }) => (
          <label key={id}>
            <input
              type="radio"
              name="outcome"
              value={id}
              checked={draft.outcome === id}
              onChange={() => setDraft((before) => ({ ...before, outcome: id }))}
            />
            <b>{label}</b>
            <span>{text}</span>
          </label>
        ))}
      </div>
      <NoteField
        label="Note"
        hint="What you looked at and what you found. It becomes part of the record."
        value={draft.note}
        onChange={(note) => {
          setDraft((before) => ({ ...before, note }));
          setEmpty(false);
        }}
        max={2000}
        problem={empty ? 'A note is needed: one sentence is enough.' : null}
      />
      {hint !== null && !stale && (
        <div className="note warn">
          <Icon name="warning" />
          <span>{hint}</span>
        </div>
      )}
      {stale ? (
        <div className="note warn" role="alert">
          <Icon name="refresh" />
          <span>
            <b>New entries came while you were reading.</b> Nothing was signed. Your note and verdicts are kept: read
            what is new, then sign.
          </span>
        </div>
      ) : (
        problem !== null && <ProblemNote problem={problem} />
      )}
    </Dialog>
  );
}
