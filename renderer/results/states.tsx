/** The result pane when there are no rows to show: before the first run, while waiting, and for statements without rows. */
import type { ReactNode } from 'react';
import type { ResultState } from '../../shared/ipc.ts';
import { useRegistry } from '../commands/index.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { took } from '../words/format.ts';
import { isRunning, LET_GO, tagWords } from './words.ts';

export const COMMAND_KEY = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl';

export function Empty() {
  const registry = useRegistry();
  return (
    <section className="results" aria-label="Result">
      <div className="result-empty">
        <dl>
          <dt>
            <kbd className="kbd">{COMMAND_KEY}</kbd> <kbd className="kbd">Enter</kbd>
          </dt>
          <dd>runs the selection or the statement with the mark beside it</dd>
          <dt>
            <kbd className="kbd">F5</kbd>
          </dt>
          <dd>runs everything in the tab</dd>
          <dt>
            <kbd className="kbd">{COMMAND_KEY}</kbd> <kbd className="kbd">E</kbd>
          </dt>
          <dd>shows the plan of the current statement</dd>
          <dt>
            <kbd className="kbd">{COMMAND_KEY}</kbd> <kbd className="kbd">K</kbd>
          </dt>
          <dd>searches tables and columns</dd>
          <dt>
            <kbd className="kbd">{COMMAND_KEY}</kbd> <kbd className="kbd">Shift</kbd> <kbd className="kbd">S</kbd>
          </dt>
          <dd>writes the result to a file</dd>
          <dt>
            <kbd className="kbd">{COMMAND_KEY}</kbd> <kbd className="kbd">Shift</kbd> <kbd className="kbd">D</kbd>
          </dt>
          <dd>lets other tools in through the local port</dd>
          <dt>
            <kbd className="kbd">F1</kbd>
          </dt>
          <dd>lists every command</dd>
        </dl>
        <button type="button" className="btn" onClick={() => registry.perform('help.tour')}>
          New here? Look around, one minute
        </button>
      </div>
    </section>
  );
}

/** Tags of statements that change something: rows, or definitions. */
const CHANGES = /^(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|REFRESH)\b/;

interface Words {
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
  readonly kind: '' | 'ok' | 'warn';
}

/** What a transaction makes of a statement that changed something. */
const fates: Readonly<Record<Exclude<ResultState['fate'], null>, Pick<Words, 'icon' | 'kind' | 'detail'>>> = {
  open: {
    icon: 'history',
    kind: 'warn',
    detail: `Not committed yet: the transaction is open. Commit (${COMMAND_KEY} Shift Y) keeps it; Roll back (${COMMAND_KEY} Shift B), or the end of the grant, undoes it.`,
  },
  committed: { icon: 'tick', kind: 'ok', detail: 'Committed.' },
  rolled_back: { icon: 'history', kind: 'warn', detail: 'Rolled back: nothing of it was kept.' },
  unknown: {
    icon: 'warning',
    kind: 'warn',
    detail: 'The connection was lost while its transaction was being committed: look whether it took effect.',
  },
};

function words(result: ResultState): Words | null {
  const time = result.done_ms === null ? '' : ` after ${took(result.done_ms)}`;
  switch (result.status) {
    case 'done': {
      const title = result.tag === null ? 'Done' : tagWords(result.tag);
      const changed = result.tag !== null && CHANGES.test(result.tag);
      const fate = changed && result.fate !== null ? fates[result.fate] : null;
      return {
        ...(fate ?? {
          icon: 'tick',
          kind: 'ok',
          detail: result.rows > 0 ? 'The rows have no columns.' : 'The statement returns no rows.',
        }),
        title,
      };
    }
    case 'cancelled':
      return { icon: 'stop', title: `Cancelled${time}`, detail: 'The server has confirmed it.', kind: 'warn' };
    case 'unknown':
      return {
        icon: 'warning',
        title: 'The outcome is not known',
        detail:
          'The connection was lost before the server answered. It may have taken effect: look before you run it again. The record says “unknown”.',
        kind: 'warn',
      };
    case 'not_sent':
      return { icon: 'lock', title: 'Not sent', detail: 'Nothing reached the database.', kind: 'warn' };
    default:
      return null;
  }
}

export function NoRows({
  result,
  onEnd,
}: {
  readonly result: ResultState;
  /** Ends the open transaction; null where that is not offered. */
  readonly onEnd: ((how: 'commit' | 'rollback') => void) | null;
}) {
  if (isRunning(result)) return <div className="result-waiting" aria-hidden="true" />;
  // An error has its own card; there is nothing to add.
  const said = result.error === null ? words(result) : null;
  if (said === null) return null;
  const decides = onEnd !== null && result.fate === 'open' && result.status === 'done' && said.kind === 'warn';
  return (
    <Said {...said}>
      {decides && (
        <div className="row result-decide">
          <button type="button" className="btn" onClick={() => onEnd('commit')}>
            Commit the transaction
          </button>
          <button type="button" className="btn" onClick={() => onEnd('rollback')}>
            Roll it back
          </button>
        </div>
      )}
    </Said>
  );
}

/** It was the oldest when the room for results was used up. */
export function LetGo() {
  return <Said icon="history" title="Let go" detail={LET_GO} kind="warn" />;
}

function Said({ children, ...said }: Words & { readonly children?: ReactNode }) {
  return (
    <div className="result-done">
      <span className={`result-sign ${said.kind}`}>
        <Icon name={said.icon} size={18} />
      </span>
      <div>
        <b>{said.title}</b>
        <p className="muted">{said.detail}</p>
        {children}
      </div>
    </div>
  );
}
