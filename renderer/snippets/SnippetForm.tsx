/** One snippet: what is typed to get it, and its text. */
import { useId, useState } from 'react';
import type { Snippet } from '../../shared/ipc-editor.ts';
import type { UserError } from '../bridge.ts';
import { FieldHint, FormDialog } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { type Field, problemOf } from './snippet.ts';
import type { SnippetStore } from './store.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the notation itself
const PLACES = '${1:name} is a place to fill in, ${2:other} the next; $0 is where the cursor ends.';

export function SnippetForm(props: {
  readonly store: SnippetStore;
  readonly first: Snippet;
  readonly onSaved: () => void;
  readonly onNo: () => void;
}) {
  const { store, first } = props;
  const [snippet, setSnippet] = useState(first);
  const [wrong, setWrong] = useState<{ field: Field; message: string } | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const id = useId();

  const save = async () => {
    const found = problemOf(snippet, store.list());
    setWrong(found);
    if (found !== null) {
      document.getElementById(`${id}-${found.field}`)?.focus();
      return;
    }
    const failed = await store.save(snippet);
    setProblem(failed);
    if (failed === null) props.onSaved();
  };
  const about = (field: Field, hint: string) => (
    <FieldHint id={`${id}-${field}-hint`} wrong={wrong?.field === field ? wrong.message : null}>
      {hint}
    </FieldHint>
  );
  const field = (name: Field) => ({
    id: `${id}-${name}`,
    value: snippet[name],
    spellCheck: false,
    'aria-invalid': wrong?.field === name,
    'aria-describedby': `${id}-${name}-hint`,
  });
  return (
    <FormDialog
      title={first.prefix === '' ? 'New snippet' : `Edit ${first.prefix}`}
      className="snippets snippet-form"
      action="Save"
      back="Back"
      onSubmit={() => void save()}
      onNo={props.onNo}
    >
      {(detail) => (
        <>
          <div className="field">
            <label htmlFor={`${id}-prefix`}>Prefix</label>
            <input
              {...field('prefix')}
              className="input mono"
              autoComplete="off"
              onChange={(event) => setSnippet({ ...snippet, prefix: event.target.value })}
            />
            {about('prefix', 'What you type to get it: stuck, byid.')}
          </div>
          <div className="field" id={detail}>
            <label htmlFor={`${id}-body`}>Text</label>
            <textarea
              {...field('body')}
              className="input mono"
              rows={10}
              onChange={(event) => setSnippet({ ...snippet, body: event.target.value })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                void save();
              }}
            />
            {about('body', PLACES)}
          </div>
          {problem !== null && <Problem error={problem} />}
        </>
      )}
    </FormDialog>
  );
}
