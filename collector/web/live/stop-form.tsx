/** The question before access ends: exactly what ends, and why; then what came of it. Stops and revocations ask it alike. */
import type { ReactNode } from 'react';
import type { StopAnswer } from '../../../shared/api-stop.ts';
import { ProblemNote } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteField } from '../ui/note-field.tsx';
import type { EndLine } from '../words/stop.ts';
import { Ends, Outcome, Running } from './ends.tsx';
import type { Stopping } from './use-stopping.ts';

interface Props {
  readonly title: string;
  readonly stopping: Stopping<StopAnswer>;
  /** Of what came of it. */
  readonly outcome: (answer: StopAnswer) => string;
  readonly lines: readonly EndLine[];
  /** Live grants that end, and how many of them are gone; null while that is not known. */
  readonly live: number;
  readonly gone: number | null;
  readonly action: string;
  /** In its place while it runs. */
  readonly acting: string;
  readonly hint: string;
  readonly placeholder?: string;
  readonly onClose: () => void;
  /** Above what ends. */
  readonly children?: ReactNode;
}

export function StopForm(props: Props) {
  const { stopping, onClose } = props;
  const { answer, sending, problem } = stopping;
  if (answer !== null)
    return (
      <Dialog
        key="outcome"
        title={props.outcome(answer)}
        onClose={onClose}
        onSubmit={onClose}
        actions={
          <button type="submit" className="btn primary">
            Close
          </button>
        }
      >
        <Outcome answer={answer} />
      </Dialog>
    );
  return (
    <Dialog
      title={props.title}
      wide
      onClose={() => {
        if (!sending) onClose();
      }}
      onSubmit={stopping.send}
      actions={
        <>
          {stopping.slow && <Running gone={props.gone} of={props.live} />}
          <span className="grow" />
          <button type="button" className="btn quiet" onClick={onClose} disabled={sending}>
            Cancel
          </button>
          <button type="submit" className="btn danger" disabled={sending}>
            {sending ? props.acting : props.action}
          </button>
        </>
      }
    >
      {props.children}
      <section className="ends-block">
        <h3>This ends at once</h3>
        <Ends lines={props.lines} label="What ends" />
      </section>
      <NoteField
        label="Reason"
        hint={props.hint}
        value={stopping.reason}
        onChange={stopping.setReason}
        max={500}
        rows={2}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        problem={stopping.empty ? 'A reason is needed: a few words are enough.' : null}
      />
      {problem !== null && <ProblemNote problem={problem} />}
    </Dialog>
  );
}
