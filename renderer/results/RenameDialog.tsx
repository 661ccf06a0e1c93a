/** A name for a result, in words that say something to the person: `before the fix`. */
import { useId, useState } from 'react';
import { FormDialog } from '../ui/FormDialog.tsx';

export function RenameDialog(props: {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(props.name);
  const input = useId();
  return (
    <FormDialog
      title="Name this result"
      action="Name it"
      onSubmit={() => {
        props.onName(name);
        props.onClose();
      }}
      onNo={props.onClose}
    >
      {(detail) => (
        <>
          <div className="field">
            <label htmlFor={input}>Name</label>
            <input
              id={input}
              className="input"
              maxLength={60}
              value={name}
              // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
              autoFocus
              onFocus={(event) => event.target.select()}
              onChange={(event) => setName(event.target.value)}
            />
            <p id={detail} className="hint">
              Shown in its tab beside the count of rows. Empty takes it away.
            </p>
          </div>
        </>
      )}
    </FormDialog>
  );
}
