/** Right in the tab strip, the same in every tab: the transaction that is open, its two ends, and the mode. */
import { COMMAND_KEY } from '../results/states.tsx';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/Menu.tsx';
import { clock, count, utcTime } from '../words/format.ts';
import { contents, type LiveConnection, modeWord, nearlyIdle } from './transaction-words.ts';
import { useIdleLeft } from './use-idle-left.ts';
import './transaction.css';

export const COMMIT_KEYS = `${COMMAND_KEY}+Shift+Y`;
export const ROLLBACK_KEYS = `${COMMAND_KEY}+Shift+B`;
export const MODE_KEYS = `${COMMAND_KEY}+Shift+M`;

export function TransactionControl(props: {
  readonly connection: LiveConnection;
  /** What became of the last one: `Committed: 2 statements, …`; null once something else was run. */
  readonly ended: string | null;
  /** When the state arrived, on this page's monotonic clock. */
  readonly at: number;
  readonly running: boolean;
  readonly onEnd: (how: 'commit' | 'rollback') => void;
  readonly onMode: (mode: LiveConnection['mode']) => void;
}) {
  const { connection, running, onEnd } = props;
  const { open, tx, mode } = connection;
  const left = useIdleLeft(open, props.at);
  const failed = tx === 'failed';
  const warns = open !== null && nearlyIdle(open, left);
  return (
    <div className="tx" data-state={open === null ? 'idle' : failed ? 'failed' : warns ? 'warns' : 'open'}>
      {open !== null && (
        <span
          className="tx-state num"
          title={`Open since ${utcTime(open.since)}, by ${open.by === 'app' ? 'manual mode' : 'a BEGIN of yours'}; all tabs share it`}
        >
          <Icon name={failed ? 'error' : warns ? 'time' : 'history'} size={12} />
          <span className="tx-long">
            {failed ? 'Failed · ' : ''}
            {contents(open).replace(', ', ' · ')}
          </span>
          <span className="tx-short" aria-hidden="true">
            {failed ? 'Failed' : `${count(open.rows_changed)} changed`}
          </span>
          {warns && <b>{clock(left ?? 0)}</b>}
        </span>
      )}
      {open === null && props.ended !== null && (
        <span className="tx-state ok num" role="status" title={props.ended}>
          <Icon name="tick" size={12} />
          <span className="tx-long">{props.ended.replace(/\.$/, '')}</span>
          <span className="tx-short" aria-hidden="true">
            {props.ended.replace(/:.*$/, '')}
          </span>
        </span>
      )}
      {(open !== null || mode === 'manual') && (
        <>
          <button
            type="button"
            className="btn"
            disabled={open === null || failed || running}
            title={`Keeps what the open transaction has done (${COMMIT_KEYS})`}
            onClick={() => onEnd('commit')}
          >
            Commit
          </button>
          <button
            type="button"
            className="btn"
            disabled={open === null || running}
            title={`Undoes what the open transaction has done (${ROLLBACK_KEYS})`}
            onClick={() => onEnd('rollback')}
          >
            Roll back
          </button>
        </>
      )}
      <Menu
        label={`Transactions: ${modeWord[mode]}`}
        className="btn quiet tx-mode"
        button={
          <>
            {modeWord[mode]}
            <Icon name="chevronDown" size={11} />
          </>
        }
        groups={[
          {
            title: `How statements are kept (${MODE_KEYS})`,
            items: [
              {
                label: 'Auto-commit',
                detail: 'Each statement is kept at once, unless you write BEGIN.',
                checked: mode === 'auto',
                run: () => props.onMode('auto'),
              },
              {
                label: 'Manual',
                detail: 'The first statement opens a transaction; you commit it or roll it back.',
                checked: mode === 'manual',
                run: () => props.onMode('manual'),
              },
            ],
          },
        ]}
      />
    </div>
  );
}
