/** A name that is changed in its place: Enter takes it, Escape leaves it. */
import { useRef } from 'react';
import { MAX_NAME } from '../../shared/queries.ts';

export function RenameField(props: {
  readonly name: string;
  /** `the folder` */
  readonly what: string;
  /** Null where it stays as it was. */
  readonly onDone: (name: string | null) => void;
}) {
  const done = useRef(false);
  const end = (name: string | null) => {
    // Leaving the field takes the name, too; that must not happen once more when the field goes.
    if (done.current) return;
    done.current = true;
    const trimmed = name?.trim() ?? '';
    props.onDone(trimmed === '' || trimmed === props.name ? null : trimmed);
  };
  return (
    <input
      className="rename"
      aria-label={`Name of ${props.what}`}
      defaultValue={props.name}
      maxLength={MAX_NAME}
      spellCheck={false}
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
      autoFocus
      onFocus={(event) => event.target.select()}
      onBlur={(event) => end(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') end(event.currentTarget.value);
        if (event.key === 'Escape') end(null);
        event.stopPropagation();
      }}
    />
  );
}
