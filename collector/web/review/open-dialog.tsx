/** Opening a sealed text: a reason first, then the text, and the plain fact that opening is itself on the record. */
import { useState } from 'react';
import { z } from 'zod';
import type { disclosure } from '../../../shared/api.ts';
import { isSignedOut } from '../api/client.ts';
import { useDesk } from '../state/desk.tsx';
import { useDraft } from '../state/draft.ts';
import { Foreign, ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteField } from '../ui/note-field.tsx';
import { kindWords, type StatementEntry } from '../words/statement.ts';

type Text = z.infer<typeof disclosure>;
const LEAST = 8;

function Opened({ text }: { readonly text: Text }) {
  return (
    <>
      <section className="opened" aria-label="Full SQL">
        <h3>Full text</h3>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls */}
        <pre tabIndex={0}>
          <Foreign of={text.sql} />
        </pre>
      </section>
      <section className="opened" aria-label="Parameters">
        <h3>Parameters</h3>
        {text.parameters === null || text.parameters.length === 0 ? (
          <p className="muted">None were sent.</p>
        ) : (
          <ol className="parameters">
            {text.parameters.map((value, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is the parameter's name
              <li key={at}>
                <span className="faint mono">${at + 1}</span>
                {value === null ? (
                  <i className="faint">NULL</i>
                ) : (
                  <code>
                    <Foreign of={value} />
                  </code>
                )}
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  );
}

interface Props {
  readonly entry: StatementEntry;
  readonly onClose: () => void;
  /** The opening is an entry by now. */
  readonly onOpened: () => void;
}

export function OpenDialog({ entry, onClose, onOpened }: Props) {
  const { calls, me, onSignedOut } = useDesk();
  const [reason, setReason, clearReason] = useDraft(`open-${entry.intent}`, z.string(), '');
  const [state, setState] = useState<'asking' | 'sending' | 'opened'>('asking');
  const [text, setText] = useState<Text | null>(null);
  const [short, setShort] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const submit = async (): Promise<void> => {
    if (state === 'opened') return onClose();
    if (state === 'sending') return;
    if (reason.trim().length < LEAST) return setShort(true);
    setState('sending');
    setProblem(null);
    try {
      setText(await calls.open(entry.intent, { reason: reason.trim() }));
      setState('opened');
      clearReason();
      onOpened();
    } catch (error) {
      setState('asking');
      setProblem(error);
      if (isSignedOut(error)) onSignedOut();
    }
  };

  return (
    <Dialog
      title={state === 'opened' ? 'Opened, and recorded' : 'Open the full text'}
      wide
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        state === 'opened' ? (
          <button type="submit" className="btn primary">
            Close
          </button>
        ) : (
          <>
            <button type="button" className="btn quiet" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="btn primary" disabled={state === 'sending'}>
              {state === 'sending' ? 'Opening…' : 'Open and record'}
            </button>
          </>
        )
      }
    >
      <code className="quoted-sql">
        <Foreign of={entry.norm ?? kindWords(entry)} />
      </code>
      {text !== null ? (
        <Opened text={text} />
      ) : (
        <NoteField
          label="Why do you need the full text?"
          hint="Stands in the ledger beside your name."
          placeholder="For example: check which orders the update touched"
          value={reason}
          onChange={(value) => {
            setReason(value);
            setShort(false);
          }}
          max={500}
          rows={2}
          problem={short ? 'Say it in a few words: at least 8 characters.' : null}
        />
      )}
      {problem !== null && <ProblemNote problem={problem} />}
      <div className="note">
        <Icon name="eye" />
        <span>
          {state === 'opened'
            ? `That ${me.person.name} opened this text is now an entry of the ledger. Nobody can remove it. Close this to hide the text again.`
            : 'The literal values may be personal data. Opening is itself recorded: your name, the time and this reason become an entry that nobody can remove.'}
        </span>
      </div>
    </Dialog>
  );
}
