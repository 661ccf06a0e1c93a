/** The tools that are connected: what each is, what it is doing, and the way to end it. */
import { useState } from 'react';
import type { PortClient } from '../../shared/ipc-port.ts';
import { toolName } from '../../shared/tool-name.ts';
import type { Bridge } from '../bridge.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { plural, utcTime } from '../words/format.ts';
import { useCall } from './use-call.ts';
import { lostWith, processOf } from './words.ts';

export function Connected({ bridge, clients }: { readonly bridge: Bridge; readonly clients: readonly PortClient[] }) {
  const [asking, setAsking] = useState<PortClient | null>(null);
  const { act } = useCall();
  const disconnect = (client: PortClient) => {
    setAsking(null);
    void act(() => bridge.disconnectClient(client.id));
  };
  return (
    <>
      <ul className="port-tools">
        {clients.map((client) => (
          <Tool
            key={client.id}
            client={client}
            onDisconnect={() => (lostWith(client) === null ? disconnect(client) : setAsking(client))}
          />
        ))}
      </ul>
      {asking !== null && (
        <Dialog
          title={`Disconnect ${toolName(asking)}?`}
          action="Disconnect"
          danger
          stay="Leave it"
          onYes={() => disconnect(asking)}
          onNo={() => setAsking(null)}
        >
          {lostWith(asking)}
        </Dialog>
      )}
    </>
  );
}

function Tool({ client, onDisconnect }: { readonly client: PortClient; readonly onDisconnect: () => void }) {
  const name = toolName(client);
  const facts = [
    processOf(client),
    client.backend_pid === null ? 'connecting…' : plural(client.statements, 'statement'),
    `since ${utcTime(client.since)}`,
  ].filter((fact) => fact !== null);
  return (
    <li>
      <span className={`dot ${client.running ? 'live' : 'hollow'}`} />
      <div className="port-tool">
        <div className="row">
          <b className="clip" title={name}>
            {name}
          </b>
          {client.running && <span className="chip live">running</span>}
          {client.tx === 'transaction' && <span className="chip warn">transaction open</span>}
          {client.tx === 'failed' && <span className="chip danger">transaction failed</span>}
        </div>
        <div
          className="muted clip num"
          title={client.backend_pid === null ? undefined : `backend ${client.backend_pid} of the database`}
        >
          {facts.join(' · ')}
        </div>
      </div>
      <button type="button" className="btn" aria-label={`Disconnect ${name}`} onClick={onDisconnect}>
        Disconnect
      </button>
    </li>
  );
}
