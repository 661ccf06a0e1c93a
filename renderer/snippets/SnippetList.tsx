/** All snippets: Enter inserts one, F2 edits, Delete deletes and can be undone. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Snippet } from '../../shared/ipc-editor.ts';
import type { UserError } from '../bridge.ts';
import { Keys } from '../commands/index.ts';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { oneLine } from '../words/format.ts';
import { SnippetForm } from './SnippetForm.tsx';
import { type SnippetStore, useSnippets } from './store.ts';
import './snippets.css';

const fresh = (body: string): Snippet => ({ id: crypto.randomUUID(), prefix: '', body });

export function SnippetList(props: {
  readonly store: SnippetStore;
  /** The dialog begins with a new snippet of this body; null begins with the list. */
  readonly create: string | null;
  readonly onInsert: (body: string) => void;
  readonly onClose: () => void;
}) {
  const { store } = props;
  const snippets = useSnippets(store);
  const [draft, setDraft] = useState<Snippet | null>(props.create === null ? null : fresh(props.create));
  const [at, setAt] = useState(0);
  const [deleted, setDeleted] = useState<Snippet | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const active = Math.max(0, Math.min(at, snippets.length - 1));
  const chosen = snippets[active];

  useEffect(() => {
    if (draft === null) list.current?.focus();
  }, [draft]);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const insert = (snippet: Snippet | undefined) => {
    if (snippet === undefined) return;
    props.onClose();
    // After the dialog has given the focus back to the editor.
    setTimeout(() => props.onInsert(snippet.body));
  };
  const remove = async () => {
    if (chosen === undefined) return;
    const failed = await store.remove(chosen.id);
    setProblem(failed);
    if (failed === null) setDeleted(chosen);
    list.current?.focus();
  };
  const restore = async () => {
    if (deleted === null) return;
    setProblem(await store.save(deleted));
    setDeleted(null);
    list.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: snippets.length - 1 }[event.key];
    if (to !== undefined) setAt(Math.max(0, Math.min(snippets.length - 1, to)));
    else if (event.key === 'Enter') insert(chosen);
    else if (event.key === 'F2' && chosen !== undefined) setDraft(chosen);
    else if (event.key === 'Delete') void remove();
    else return;
    event.preventDefault();
  };
  if (draft !== null)
    return (
      <SnippetForm
        store={store}
        first={draft}
        onSaved={() => {
          setDraft(null);
          setAt(
            Math.max(
              0,
              store.list().findIndex((one) => one.id === draft.id),
            ),
          );
        }}
        onNo={() => setDraft(null)}
      />
    );
  return (
    <Modal title="Snippets" className="snippets" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail} className="muted">
            <Keys of="Enter" /> inserts, <Keys of="F2" /> edits, <Keys of="Delete" /> deletes.
          </p>
          {snippets.length === 0 && (
            <p className="snippets-none">
              None yet. Select something in the editor and press <Keys of="Mod+Shift+J" />, or begin with New.
            </p>
          )}
          <div
            ref={list}
            role="listbox"
            tabIndex={0}
            aria-label="Snippets"
            aria-activedescendant={snippets.length === 0 ? undefined : `${id}-${active}`}
            hidden={snippets.length === 0}
            className="snippet-list"
            onKeyDown={onKeyDown}
          >
            {snippets.map((snippet, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's
              <div
                key={snippet.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                onClick={() => setAt(index)}
                onDoubleClick={() => insert(snippet)}
              >
                <b className="clip">{snippet.prefix}</b>
                <span className="mono clip">{oneLine(snippet.body.slice(0, 300))}</span>
              </div>
            ))}
          </div>
          <div className="snippets-news" role="status">
            {deleted !== null && (
              <>
                <span className="clip">{deleted.prefix} is deleted.</span>
                <button type="button" className="btn quiet" onClick={() => void restore()}>
                  Undo
                </button>
              </>
            )}
          </div>
          {problem !== null && <Problem error={problem} />}
          <div className="actions">
            <button type="button" className="btn large" onClick={() => setDraft(fresh(''))}>
              New…
            </button>
            <button
              type="button"
              className="btn large"
              disabled={chosen === undefined}
              onClick={() => setDraft(chosen ?? null)}
            >
              Edit…
            </button>
            <button type="button" className="btn large" disabled={chosen === undefined} onClick={() => void remove()}>
              Delete
            </button>
            <span className="grow" />
            <button type="button" className="btn large" onClick={props.onClose}>
              Close
            </button>
            <button
              type="button"
              className="btn large primary"
              disabled={chosen === undefined}
              onClick={() => insert(chosen)}
            >
              Insert
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
