/** What a saved query is called, where it stands, what it is for, and what its parameters mean. */
import { useEffect, useId, useState } from 'react';
import type { QueryParameter } from '../../shared/ipc-queries.ts';
import { type FolderPath, MAX_DESCRIPTION, MAX_NAME } from '../../shared/queries.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { FieldHint, FormDialog } from '../ui/FormDialog.tsx';
import { Problem } from '../ui/Problem.tsx';
import { type Draft, folderNames, parametersFor, problemOf } from './details.ts';
import { ParameterFields } from './ParameterFields.tsx';

export function DetailsDialog(props: {
  readonly bridge: Bridge;
  readonly title: string;
  readonly text: string;
  readonly first: Draft;
  readonly folders: readonly FolderPath[];
  readonly target: { readonly id: string; readonly label: string };
  /** Answers why it could not be saved. */
  readonly onSave: (draft: Draft) => Promise<UserError | null>;
  readonly onNo: () => void;
}) {
  const { bridge, text, target } = props;
  const [draft, setDraft] = useState(props.first);
  const [wrong, setWrong] = useState<ReturnType<typeof problemOf>>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const [saving, setSaving] = useState(false);
  const id = useId();
  const { parameters: known } = props.first;

  useEffect(() => {
    let gone = false;
    void ask(bridge.findParameters(text)).then((answer) => {
      // Too many to ask for is no reason not to save.
      if (!gone && answer.ok) setDraft((now) => ({ ...now, parameters: parametersFor(answer.value, known) }));
    });
    return () => {
      gone = true;
    };
  }, [bridge, text, known]);

  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const save = async () => {
    const found = problemOf(draft);
    setWrong(found);
    if (found !== null) return document.getElementById(`${id}-${found.field}`)?.focus();
    setSaving(true);
    const failed = await props.onSave(draft);
    setSaving(false);
    setProblem(failed);
    if (failed?.code === 'query_name_taken') document.getElementById(`${id}-name`)?.focus();
  };
  const about = (field: 'name' | 'folder', hint: string) => (
    <FieldHint id={`${id}-${field}-hint`} wrong={wrong?.field === field ? wrong.message : null}>
      {hint}
    </FieldHint>
  );
  const targets = [
    ['', 'Any database'],
    [target.id, `${target.label} only`],
    ...(draft.target === '' || draft.target === target.id ? [] : [[draft.target, `${draft.target} only`]]),
  ] as const;
  return (
    <FormDialog
      title={props.title}
      className="query-details"
      action="Save"
      disabled={saving}
      onSubmit={() => void save()}
      onNo={props.onNo}
    >
      {(detail) => (
        <>
          <div className="field">
            <label htmlFor={`${id}-name`}>Name</label>
            <input
              id={`${id}-name`}
              className="input"
              value={draft.name}
              maxLength={MAX_NAME * 2}
              spellCheck={false}
              autoComplete="off"
              // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
              autoFocus
              aria-invalid={wrong?.field === 'name'}
              aria-describedby={`${id}-name-hint`}
              onFocus={(event) => event.target.select()}
              onChange={(event) => change({ name: event.target.value })}
            />
            {about('name', 'What you would look for at night.')}
          </div>
          <div className="field">
            <label htmlFor={`${id}-folder`}>Folder</label>
            <input
              id={`${id}-folder`}
              className="input"
              list={`${id}-folders`}
              value={draft.folder}
              spellCheck={false}
              autoComplete="off"
              placeholder="None"
              aria-invalid={wrong?.field === 'folder'}
              aria-describedby={`${id}-folder-hint`}
              onChange={(event) => change({ folder: event.target.value })}
            />
            <datalist id={`${id}-folders`}>
              {folderNames(props.folders).map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            {about('folder', 'Incidents/Payments is a folder in a folder. New ones are made.')}
          </div>
          <div className="field">
            <label htmlFor={`${id}-description`}>Description</label>
            <textarea
              id={`${id}-description`}
              className="input"
              rows={3}
              maxLength={MAX_DESCRIPTION}
              value={draft.description}
              onChange={(event) => change({ description: event.target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-target`}>Meant for</label>
            <select
              id={`${id}-target`}
              className="select"
              value={draft.target}
              onChange={(event) => change({ target: event.target.value })}
            >
              {targets.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          {draft.parameters.length > 0 && (
            <ParameterFields
              parameters={draft.parameters}
              onChange={(parameters: readonly QueryParameter[]) => change({ parameters })}
            />
          )}
          <p id={detail} className="muted query-kept">
            Kept on this device: the text as you wrote it and what stands here. Rows never are.
          </p>
          {problem !== null && <Problem error={problem} />}
        </>
      )}
    </FormDialog>
  );
}
