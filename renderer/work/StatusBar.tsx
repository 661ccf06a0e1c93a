/** The last line: connection, transaction, the record, the local port, the cursor. */
import type { ReactNode } from 'react';
import type { AppState } from '../../shared/ipc.ts';
import { Icon } from '../ui/icons.tsx';
import { count } from '../words/format.ts';

export function StatusBar(props: {
  readonly live: Extract<AppState, { phase: 'live' }>;
  readonly closing: boolean;
  /** The local port's place. */
  readonly port: ReactNode;
  readonly cursor: { readonly line: number; readonly column: number } | null;
}) {
  const { connection, ledger } = props.live;
  const { cursor } = props;
  const behind = ledger.in_ledger < ledger.recorded;
  return (
    <footer className="status num">
      {props.closing ? (
        <span>
          <span className="dot hollow" />
          Closing
        </span>
      ) : (
        <Connection connection={connection} />
      )}
      {!props.closing && <Transaction tx={connection.tx} />}
      <span title={ledger.waiting ?? undefined}>
        {count(ledger.in_ledger)} of {count(ledger.recorded)} {ledger.recorded === 1 ? 'record' : 'records'} in the
        ledger
        {behind && ledger.waiting !== null && <span className="waiting"> · {ledger.waiting}</span>}
      </span>
      <span className="grow" />
      {props.port}
      {connection.server_version !== null && <span className="optional">PostgreSQL {connection.server_version}</span>}
      {cursor !== null && (
        <span>
          Ln {count(cursor.line)}, Col {count(cursor.column)}
        </span>
      )}
    </footer>
  );
}

type LiveConnection = Extract<AppState, { phase: 'live' }>['connection'];

function Connection({ connection }: { readonly connection: LiveConnection }) {
  if (connection.status === 'connecting') {
    return (
      <span>
        <span className="dot hollow" />
        Connecting…
      </span>
    );
  }
  if (connection.status === 'lost') {
    return (
      <span className="loud danger" role="alert">
        <Icon name="error" size={12} />
        Connection lost
      </span>
    );
  }
  return (
    <span>
      <span className="dot" />
      Connected{connection.backend_pid === null ? '' : ` · backend ${connection.backend_pid}`}
    </span>
  );
}

function Transaction({ tx }: { readonly tx: LiveConnection['tx'] }) {
  if (tx === 'idle') return <span>No open transaction</span>;
  return (
    <span className={`loud ${tx === 'failed' ? 'danger' : 'warn'}`} role="status">
      <Icon name={tx === 'failed' ? 'error' : 'history'} size={12} />
      {tx === 'failed' ? 'Transaction failed: only ROLLBACK is accepted' : 'Transaction open: COMMIT or ROLLBACK'}
    </span>
  );
}
