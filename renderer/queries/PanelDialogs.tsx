/** What the panel asks: a name for a folder, where to move something, whether a folder may go, what to do with an import. */
import { useId, useState } from 'react';
import type { ImportPlan } from '../../shared/ipc-queries.ts';
import {
  type FolderPath,
  folderKey,
  folderProblem,
  folderWords,
  isInside,
  MAX_NAME,
  nameProblem,
} from '../../shared/queries.ts';
import type { Bridge } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { FieldHint, FormDialog } from '../ui/FormDialog.tsx';
import { plural } from '../words/format.ts';
import { ImportDialog } from './ImportDialog.tsx';
import type { QueryStore } from './store.ts';
import { type Line, mayMove } from './tree.ts';

export type PanelAsked =
  | { readonly what: 'folder'; readonly parent: FolderPath }
  | { readonly what: 'move'; readonly line: Line }
  | { readonly what: 'delete'; readonly line: Line & { readonly kind: 'folder' } }
  | { readonly what: 'import'; readonly plan: ImportPlan };

export function PanelDialogs(props: {
  readonly bridge: Bridge;
  readonly store: QueryStore;
  readonly asked: PanelAsked;
  readonly onDelete: (line: Line) => void;
  readonly onMove: (line: Line, into: FolderPath) => void;
  readonly onMade: (path: FolderPath) => void;
  readonly onClose: () => void;
}) {
  const { bridge, store, asked, onClose } = props;
  const inside = (path: FolderPath) =>
    store.library?.queries.filter(({ folder }) => isInside(folder, path)).length ?? 0;
  switch (asked.what) {
    case 'folder':
      return (
        <FolderDialog bridge={bridge} store={store} parent={asked.parent} onMade={props.onMade} onClose={onClose} />
      );
    case 'move':
      return (
        <MoveDialog
          line={asked.line}
          folders={store.library?.folders ?? []}
          onMove={(into) => {
            onClose();
            props.onMove(asked.line, into);
          }}
          onClose={onClose}
        />
      );
    case 'delete':
      return (
        <Dialog
          title={`Delete “${asked.line.name}”?`}
          action="Delete"
          danger
          onYes={() => {
            onClose();
            props.onDelete(asked.line);
          }}
          onNo={onClose}
        >
          {plural(inside(asked.line.path), 'saved query goes', 'saved queries go')} with the folder. It can be undone
          until Vitrine is closed. Tabs that are open stay.
        </Dialog>
      );
    case 'import':
      return <ImportDialog bridge={bridge} store={store} plan={asked.plan} onClose={onClose} />;
  }
}

function FolderDialog(props: {
  readonly bridge: Bridge;
  readonly store: QueryStore;
  readonly parent: FolderPath;
  readonly onMade: (path: FolderPath) => void;
  readonly onClose: () => void;
}) {
  const { bridge, store, parent } = props;
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const make = async () => {
    const path = [...parent, name.trim()];
    const wrong = nameProblem(name.trim()) ?? folderProblem(path);
    const failed = wrong ?? (await store.take(bridge.makeQueryFolder(path)))?.message ?? null;
    setProblem(failed);
    if (failed !== null) return document.getElementById(id)?.focus();
    props.onClose();
    props.onMade(path);
  };
  return (
    <FormDialog title="New folder" action="Make it" onSubmit={() => void make()} onNo={props.onClose}>
      {(detail) => (
        <>
          <div className="field">
            <label htmlFor={id}>Name</label>
            <input
              id={id}
              className="input"
              value={name}
              maxLength={MAX_NAME}
              spellCheck={false}
              autoComplete="off"
              // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
              autoFocus
              aria-invalid={problem !== null}
              aria-describedby={detail}
              onChange={(event) => setName(event.target.value)}
            />
            <FieldHint id={detail} wrong={problem}>
              {parent.length === 0 ? 'Beside your other folders.' : `In ${folderWords(parent)}.`}
            </FieldHint>
          </div>
        </>
      )}
    </FormDialog>
  );
}

function MoveDialog(props: {
  readonly line: Line;
  readonly folders: readonly FolderPath[];
  readonly onMove: (into: FolderPath) => void;
  readonly onClose: () => void;
}) {
  const { line } = props;
  const places = [[], ...props.folders].filter((path) => mayMove(line, path));
  const [to, setTo] = useState(folderKey(places[0] ?? []));
  const id = useId();
  const chosen = places.find((path) => folderKey(path) === to);
  return (
    <FormDialog
      title={`Move “${line.name}”`}
      action="Move"
      disabled={chosen === undefined}
      onSubmit={() => {
        if (chosen !== undefined) props.onMove(chosen);
      }}
      onNo={props.onClose}
    >
      {(detail) => (
        <>
          <div className="field">
            <label htmlFor={id}>To</label>
            <select
              id={id}
              className="select"
              value={to}
              aria-describedby={detail}
              // biome-ignore lint/a11y/noAutofocus: it is the only question
              autoFocus
              disabled={places.length === 0}
              onChange={(event) => setTo(event.target.value)}
            >
              {places.map((path) => (
                <option key={folderKey(path)} value={folderKey(path)}>
                  {path.length === 0 ? 'The top' : path.join(' / ')}
                </option>
              ))}
            </select>
            <span id={detail} className="hint">
              {places.length === 0
                ? 'There is no other folder yet.'
                : 'Type the beginning of a folder’s name to find it.'}
            </span>
          </div>
        </>
      )}
    </FormDialog>
  );
}
