/** The longest time that one statement may take: the person's own limit, below that of the grant. */
import { useId, useState } from 'react';
import { useSettings } from './settings.tsx';
import { Dialog } from './ui/Dialog.tsx';
import { count, took } from './words/format.ts';

const DAY_S = 86_400;

/** `limitMs`: of the live grant; absent where there is none. */
export function StatementTimeout(props: { readonly limitMs?: number | undefined; readonly onClose: () => void }) {
  const { settings, change } = useSettings();
  const { limitMs } = props;
  const [text, setText] = useState(String(settings.statement_timeout_s ?? ''));
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const grants = limitMs === undefined ? '' : `, ${took(limitMs)}`;

  const save = () => {
    const seconds = text.trim() === '' ? null : Number(text);
    if (seconds !== null && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= DAY_S)) {
      setProblem(`Whole seconds, from 1 to ${count(DAY_S)}; or nothing.`);
      return;
    }
    change({ statement_timeout_s: seconds });
    props.onClose();
  };
  return (
    <Dialog title="Statement timeout" action="Save" onYes={save} onNo={props.onClose}>
      <form
        className="field"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label htmlFor={id}>Stop a statement after, seconds</label>
        <input
          id={id}
          className="input num"
          inputMode="numeric"
          value={text}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-hint`}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
        <span
          id={`${id}-hint`}
          className={problem === null ? 'hint' : 'problem'}
          role={problem === null ? undefined : 'alert'}
        >
          {problem ?? `Empty: the limit of the grant${grants}. It can only be lowered. The server stops the statement.`}
        </span>
      </form>
    </Dialog>
  );
}
