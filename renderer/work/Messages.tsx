/** What is said to all tabs: a transaction that was rolled back, a connection that was lost, NOTIFY. Newest first. */
import type { Message } from '../../shared/ipc.ts';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { utcTime } from '../words/format.ts';

const icons: Readonly<Record<Message['kind'], IconName>> = {
  ok: 'tick',
  warn: 'warning',
  notify: 'notifications',
};

/** What only confirms the last thing has its place beside the buttons (TransactionControl). */
export const inStrip = ({ kind }: Message): boolean => kind === 'ok';

export function Messages(props: {
  readonly messages: readonly Message[];
  readonly onDismiss: (id: number) => void;
  readonly onReconnect: () => void;
}) {
  return (
    <section className="messages" aria-label="Messages">
      <ul>
        {props.messages.toReversed().map((message) => (
          <li key={message.id} className={message.kind}>
            <Icon name={icons[message.kind]} size={13} />
            <div className="message-text selectable" role={message.kind === 'warn' ? 'alert' : 'status'}>
              <Foreign of={message.text} />
              {message.detail !== null && (
                <span className="muted">
                  {' '}
                  <Foreign of={message.detail} />
                </span>
              )}
            </div>
            <span className="faint num">{utcTime(message.at)}</span>
            {message.action === 'reconnect' && (
              <button type="button" className="btn" onClick={props.onReconnect}>
                Connect again
              </button>
            )}
            <button
              type="button"
              className="btn quiet icon"
              aria-label="Dismiss"
              onClick={() => props.onDismiss(message.id)}
            >
              <Icon name="cross" size={11} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
