/** Not every row is kept: how many are, whose limit it was, and the ways to the rest. */
import type { ResultState } from '../../shared/ipc.ts';
import { count } from '../words/format.ts';
import { cappedWords } from './words.ts';

export function Cut(props: {
  readonly result: ResultState;
  readonly exports: boolean;
  /** Rows that the statement may be run again for; null where it may not. */
  readonly more: number | null;
  readonly onMore: (rows: number) => void;
  readonly onExport: () => void;
}) {
  const { result, more } = props;
  const ended = result.done_ms !== null;
  return (
    <div className="result-note cut">
      <span>{cappedWords(result, props.exports)}</span>
      <span className="grow" />
      {more !== null && (
        <button
          type="button"
          className="btn"
          title="Runs the statement again, with a record of its own"
          onClick={() => props.onMore(more)}
        >
          Fetch up to {count(more)} rows
        </button>
      )}
      {ended && result.repeatable && props.exports && (
        <button type="button" className="btn quiet" onClick={props.onExport}>
          Export all…
        </button>
      )}
    </div>
  );
}
