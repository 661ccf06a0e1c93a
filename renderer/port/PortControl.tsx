/** The port's place in the status bar: where it is, and who is there. */
import type { PortState } from '../../shared/ipc-port.ts';
import { COMMAND_KEY } from '../results/states.tsx';
import { listed, liveliness, namesOf, SHORTCUT_KEY } from './words.ts';

const dots = { failed: 'danger', transaction: 'warn', running: 'live', idle: '' } as const;
const lively = {
  failed: 'a transaction has failed',
  transaction: 'a transaction is open',
  running: 'a statement is running',
  idle: '',
} as const;

export function PortControl(props: {
  readonly port: PortState;
  readonly shown: boolean;
  /** Id of the panel. */
  readonly panel: string;
  readonly onToggle: () => void;
}) {
  const { port, shown } = props;
  const { open, clients } = port;
  const state = liveliness(clients);
  const key = `${COMMAND_KEY}+Shift+${SHORTCUT_KEY}`;
  const says = lively[state] === '' ? '' : `, ${lively[state]}`;
  return (
    <button
      type="button"
      className="port-control"
      aria-haspopup="dialog"
      aria-expanded={shown}
      aria-controls={shown ? props.panel : undefined}
      title={port.forbidden === null ? `Local port for other tools${says} (${key})` : port.forbidden.message}
      onClick={props.onToggle}
    >
      {port.forbidden !== null ? (
        'No local port'
      ) : open === null ? (
        'Open local port'
      ) : (
        <>
          <span className="port-where">
            Local port {open.host}:{open.port}
          </span>
          {clients.length > 0 && (
            <>
              <span aria-hidden="true">·</span>
              {state !== 'idle' && <span className={`dot ${dots[state]}`} />}
              <span className="clip">{listed(namesOf(clients))}</span>
              {says !== '' && <span className="sr-only">{says}</span>}
            </>
          )}
        </>
      )}
    </button>
  );
}
