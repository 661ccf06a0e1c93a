/** One value for a closer look: all of its text as far as a window can show it, and a way to copy the whole of it. */
import { useEffect, useState } from 'react';
import type { CallValue } from '../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { bytes } from '../words/format.ts';

type Value = CallValue<'getCell'>;

export function CellDialog(props: {
  readonly bridge: Bridge;
  readonly result: string;
  readonly row: number;
  readonly column: number;
  readonly name: string;
  readonly type: string;
  readonly onCopy: () => void;
  readonly onClose: () => void;
}) {
  const { bridge, result, row, column } = props;
  const [value, setValue] = useState<Value | undefined>();
  const [problem, setProblem] = useState<UserError | null>(null);
  useEffect(() => {
    let gone = false;
    void ask(bridge.getCell({ result, row, column })).then((answer) => {
      if (gone) return;
      if (answer.ok) setValue(answer.value);
      else setProblem(answer.error);
    });
    return () => {
      gone = true;
    };
  }, [bridge, result, row, column]);
  return (
    <Modal title={props.name === '' ? '(no name)' : props.name} className="cell" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail} className="faint">
            {props.type}, row {row + 1}
            {value !== undefined && value !== null && `, ${sizeWords(value)}`}
          </p>
          {problem !== null && <Problem error={problem} />}
          {value === null && <p className="cell-null">NULL</p>}
          {value !== undefined && value !== null && (
            <textarea
              className="input mono cell-text"
              readOnly
              aria-label={`Value of ${props.name}`}
              value={value.text}
              spellCheck={false}
            />
          )}
          <div className="actions">
            {value !== undefined && value !== null && (
              <button type="button" className="btn large" onClick={props.onCopy}>
                Copy {value.whole ? '' : 'all of it'}
              </button>
            )}
            {/* biome-ignore lint/a11y/noAutofocus: Enter opened it, Enter closes it */}
            <button type="button" className="btn large primary" autoFocus onClick={props.onClose}>
              Close
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}

function sizeWords({ text, bytes: size, whole }: NonNullable<Value>): string {
  if (size === 0) return 'an empty text';
  return whole ? bytes(size) : `the first ${bytes(new Blob([text]).size)} of ${bytes(size)}`;
}
