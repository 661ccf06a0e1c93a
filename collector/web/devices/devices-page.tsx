/** Enrolled devices: one's own, or everybody's for those who answer for them; search, and revoke. */
import { useEffect, useRef, useState } from 'react';
import type { Device, Devices } from '../../../shared/api-stop.ts';
import { StopDialog } from '../live/stop-dialog.tsx';
import { useDesk, useNow } from '../state/desk.tsx';
import { useKeys } from '../state/keys.ts';
import { useLive } from '../state/live.ts';
import { Blank, Chip, Loading, ProblemNote, StaleBar } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { plural } from '../words/number.ts';
import { ownAccess } from '../words/stop.ts';
import { DeviceRow } from './device-row.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import './devices.css';

const EVERY = 10_000;
/** A breath after the last key, so that a word is one search. */
const TYPED_MS = 250;

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), TYPED_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}

function Table({
  list,
  now,
  mayRevoke,
  onRevoke,
}: {
  readonly list: Devices;
  readonly now: number;
  readonly mayRevoke: (device: Device) => boolean;
  readonly onRevoke: (device: Device) => void;
}) {
  return (
    <div className="devices-scroll">
      <table className="devices-table">
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col">Person</th>
            <th scope="col" className="devices-since">
              Enrolled
            </th>
            <th scope="col">Last seen</th>
            <th scope="col">Open now</th>
            <th scope="col">
              <span className="sr-only">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.devices.map((device) => (
            <DeviceRow
              key={device.jkt}
              device={device}
              now={now}
              onRevoke={mayRevoke(device) ? () => onRevoke(device) : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function DevicesPage() {
  const { calls, me, onSignedOut } = useDesk();
  const { roles } = me.person;
  const mayRevokeAll = roles.includes('approver') || roles.includes('reviewer');
  const seesAll = roles.some((role) => role !== 'engineer');
  const [typed, setTyped] = useState('');
  const q = useSettled(typed.trim());
  const found = useLive<Devices>(`devices-${q}`, {
    load: (_, signal) => calls.devices(q, { signal }),
    pause: () => EVERY,
    onSignedOut,
  });
  // What was found before stays until the next answer is there.
  const last = useRef<Devices | null>(null);
  if (found.value !== null) last.current = found.value;
  const list = found.value ?? last.current;
  const now = useNow(10_000);
  const [asking, setAsking] = useState<Device | 'own access' | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useKeys((key) => {
    if (key !== '/') return false;
    field.current?.focus();
    return true;
  });

  return (
    <div className="page">
      <TopBar current="devices" />
      <main className="devices-page">
        <header className="row devices-head">
          <h1>{seesAll ? 'Devices' : 'Your devices'}</h1>
          {list !== null && (
            <Chip text={list.more ? `${list.devices.length} of more` : String(list.devices.length)} tone="plain" />
          )}
          <span className="grow" />
          <input
            ref={field}
            type="search"
            className="input devices-search"
            placeholder={seesAll ? 'Person, device, system or key' : 'Device, system or key'}
            aria-label="Search devices"
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          {!mayRevokeAll && (
            <button type="button" className="btn danger" onClick={() => setAsking('own access')}>
              Stop my access…
            </button>
          )}
        </header>
        <StaleBar problem={list === null ? null : found.problem} />
        {list === null && found.problem === null && <Loading what="Reading the devices" />}
        {list === null && found.problem !== null && (
          <ProblemNote problem={found.problem}>
            <button type="button" className="link" onClick={found.reload}>
              Try now
            </button>
          </ProblemNote>
        )}
        {list !== null && list.devices.length === 0 && (
          <Blank mark={<Icon name="dash" size={32} />} title={q === '' ? 'No device is enrolled' : 'No device fits'}>
            <p>
              {q === ''
                ? 'A device is enrolled when somebody signs in to the app on it.'
                : 'Try a part of the name of the person or the machine.'}
            </p>
          </Blank>
        )}
        {list !== null && list.devices.length > 0 && (
          <Table list={list} now={now} mayRevoke={(device) => mayRevokeAll || device.own} onRevoke={setAsking} />
        )}
        {list?.more === true && <p className="faint devices-more">These were seen last. Search to find the others.</p>}
        <div className="sr-only" role="status">
          {list === null ? '' : plural(list.devices.length, 'device')}
        </div>
      </main>
      {asking === 'own access' && (
        <StopDialog
          choices={[ownAccess(me.person, list?.devices ?? [])]}
          now={null}
          onClose={() => setAsking(null)}
          onStopped={found.reload}
        />
      )}
      {asking !== null && asking !== 'own access' && (
        <RevokeDialog device={asking} onClose={() => setAsking(null)} onRevoked={found.reload} />
      )}
    </div>
  );
}
