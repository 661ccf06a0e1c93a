/** A few lines of text with a label, help under it, and the problem in its place once there is one. */
import { useEffect, useId, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly max: number;
  readonly problem?: string | null;
  readonly rows?: number;
  readonly placeholder?: string;
}

export function NoteField({ label, hint, value, onChange, max, problem = null, rows = 3, placeholder }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (problem !== null) field.current?.focus();
  }, [problem]);
  const left = max - value.length;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        ref={field}
        id={id}
        className="input"
        rows={rows}
        maxLength={max}
        value={value}
        placeholder={placeholder}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      <div id={`${id}-help`} className={problem === null ? 'hint' : 'problem'}>
        {problem ?? hint}
        {left < 80 && <span className="num"> {left} characters left.</span>}
      </div>
    </div>
  );
}
