/** The last line: connection, transaction, the record, the local port, the cursor. */
import type { ReactNode } from 'react';
import type { AppState } from '../../shared/ipc.ts';
import { MARKS } from '../../shared/urgency.ts';
import type { Anchor } from '../glass/countdown.ts';
import { useCountdown } from '../glass/use-countdown.ts';
import { Icon } from '../ui/icons.tsx';
import { count } from '../words/format.ts';
import { type LiveConnection, nearlyIdle, transactionWords } from './transaction-words.ts';
import { useIdleLeft } from './use-idle-left.ts';

export function StatusBar(props: {
  readonly live: Extract<AppState, { phase: 'live' }>;
  /** Of the grant's countdown. */
  readonly anchor: Anchor;
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
      {!props.closing && (
        <Transaction connection={connection} anchor={props.anchor} expiresAt={props.live.grant.expires_at} />
      )}
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

function Transaction(props: {
  readonly connection: LiveConnection;
  readonly anchor: Anchor;
  readonly expiresAt: string;
}) {
  const { connection, anchor } = props;
  const { open } = connection;
  const idleLeft = useIdleLeft(open, anchor.at);
  const grantLeft = useCountdown(anchor);
  const { kind, text } = transactionWords(connection, idleLeft, grantLeft, props.expiresAt);
  if (kind === '' || open === null) return <span>{text}</span>;
  const urgent = grantLeft <= MARKS.closing || nearlyIdle(open, idleLeft);
  return (
    <span className={`loud ${kind}`}>
      <Icon name={kind === 'danger' ? 'error' : urgent ? 'time' : 'history'} size={12} />
      {text}
      {/* A screen reader hears it once, not every second. */}
      <span className="sr-only" role={urgent ? 'alert' : 'status'}>
        {urgent ? text.replace(/ in \d[\d:]*/, ' soon') : text}
      </span>
    </span>
  );
}
