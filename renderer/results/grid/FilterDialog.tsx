/** Which values of a column are shown. A value that makes no sense is refused here, and stays to be mended. */
import { useId, useState } from 'react';
import type { Column, Filter, FilterTest } from '../../../shared/ipc.ts';
import type { UserError } from '../../bridge.ts';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { kindOf, needsValue, testsOf, titleOf } from './words.ts';

export function FilterDialog(props: {
  readonly columns: readonly Column[];
  readonly column: number;
  /** What it is filtered by now. */
  readonly now: Filter | undefined;
  readonly progress: number | null;
  /** Null removes it. Resolves with what is wrong, or null once the rows are shown so. */
  readonly onFilter: (filter: Filter | null) => Promise<UserError | null>;
  readonly onClose: () => void;
}) {
  const { columns, column, now } = props;
  const tests = testsOf(kindOf(columns[column]));
  const [test, setTest] = useState<FilterTest>(now?.test ?? tests[0]?.[0] ?? 'contains');
  const [value, setValue] = useState(now?.value ?? '');
  const [problem, setProblem] = useState<UserError | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const filter = async (wanted: Filter | null) => {
    setBusy(true);
    const wrong = await props.onFilter(wanted);
    setBusy(false);
    if (wrong === null) props.onClose();
    else setProblem(wrong);
  };
  return (
    <Modal title={`Filter by ${titleOf(columns, column)}`} className="grid-filter" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail}>Only rows that are loaded are looked at; nothing is sent to the database.</p>
          <form
            id={id}
            className="grid-filter-test"
            onSubmit={(event) => {
              event.preventDefault();
              void filter({ column, test, value: needsValue(test) ? value : '' });
            }}
          >
            <select
              className="select"
              aria-label="Test"
              value={test}
              onChange={(event) => {
                const chosen = tests.find(([one]) => one === event.target.value)?.[0];
                if (chosen !== undefined) setTest(chosen);
              }}
            >
              {tests.map(([one, words]) => (
                <option key={one} value={one}>
                  {words}
                </option>
              ))}
            </select>
            <input
              className="input mono"
              aria-label="Value"
              // React focuses it before the dialog is open; the dialog itself looks for this attribute.
              ref={(element) => element?.setAttribute('autofocus', '')}
              disabled={!needsValue(test)}
              maxLength={10_000}
              spellCheck={false}
              value={needsValue(test) ? value : ''}
              onChange={(event) => {
                setValue(event.target.value);
                setProblem(null);
              }}
            />
          </form>
          {problem !== null && <Problem error={problem} />}
          <div className="actions">
            {now !== undefined && (
              <button type="button" className="btn large" onClick={() => void filter(null)}>
                Remove the filter
              </button>
            )}
            <button type="button" className="btn large" onClick={props.onClose}>
              Cancel
            </button>
            <button type="submit" form={id} className="btn large primary" aria-disabled={busy}>
              {busy && props.progress !== null ? `Filtering… ${props.progress} %` : 'Filter'}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
