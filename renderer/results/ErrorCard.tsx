/** A statement that failed: the server's words first, its code second, and the way to the place it means. */
import { useEffect, useState } from 'react';
import type { ResultState } from '../../shared/ipc.ts';
import { helpFor } from '../help/codes.ts';
import { useHelp } from '../help/HelpCentre.tsx';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';

/** The codes people meet in an incident, in words; everything else shows its code alone. */
const meanings: Readonly<Record<string, string>> = {
  '42501': 'not in this grant, or not allowed to this role',
  '42P01': 'no such table',
  '42703': 'no such column',
  '42601': 'syntax',
  '57014': 'stopped by the server',
  '57P01': 'connection closed by the server',
  '25P02': 'the transaction has failed: roll back first',
  '25006': 'this grant only reads',
  '22021': "not text in UTF-8: convert_to(column, 'SQL_ASCII') shows the bytes",
  '25P03': 'the transaction was idle for too long',
  '55P03': 'somebody else holds the lock',
  '40001': 'serialization: try again',
  '40P01': 'deadlock: try again',
  '23505': 'duplicate key',
  '23503': 'foreign key',
};

const READ_ONLY = '25006';

export function ErrorCard(props: {
  readonly result: Pick<ResultState, 'id' | 'error'>;
  /** Marks the place in the editor, and goes there when `jump`; false when the text has changed since. */
  readonly onJump: (jump: boolean) => boolean;
  /** Asks for a grant that writes, where this one only reads. */
  readonly onWrite?: (() => void) | null;
}) {
  const { error, id } = props.result;
  const [found, setFound] = useState(true);
  const explain = useHelp();
  // Marked once, when the error is first shown; the mark then lives in the editor.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new `onJump` is no new error
  useEffect(() => setFound(props.onJump(false)), [id, error?.position]);
  if (error === null) return null;
  const meaning = meanings[error.code];
  return (
    <div className="result-card">
      <div className="note danger" role="alert">
        <Icon name="error" size={15} />
        <div className="error-text selectable">
          <div className="error-message">
            <Foreign of={error.message} />
          </div>
          {error.detail !== null && (
            <div>
              <Foreign of={error.detail} />
            </div>
          )}
          {error.hint !== null && (
            <div className="muted">
              Hint: <Foreign of={error.hint} />
            </div>
          )}
          <div className="row error-foot">
            <span className="mono muted">{error.code}</span>
            {meaning !== undefined && <span className="muted">{meaning}</span>}
            <span className="grow" />
            {error.code === READ_ONLY && props.onWrite != null && (
              <button type="button" className="btn" onClick={props.onWrite}>
                Ask for write access…
              </button>
            )}
            {helpFor(error.code) !== null && (
              <button type="button" className="btn quiet" onClick={() => explain(error.code)}>
                What helps?
              </button>
            )}
            {error.position !== null &&
              (found ? (
                <button type="button" className="btn" onClick={() => setFound(props.onJump(true))}>
                  Go to the place
                </button>
              ) : (
                <span className="muted">The text has been changed since.</span>
              ))}
          </div>
        </div>
      </div>
    </div>
  );
}
