/** Revoking a device: what that means, what ends with it, why; then what came of it. */
import type { Device } from '../../../shared/api-stop.ts';
import { visibleText } from '../../../shared/visible.ts';
import { StopForm } from '../live/stop-form.tsx';
import { useStopping } from '../live/use-stopping.ts';
import { useDesk } from '../state/desk.tsx';
import { Foreign } from '../ui/bits.tsx';
import { firstName } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { keyWords } from '../words/stop.ts';

interface Props {
  readonly device: Device;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

export function RevokeDialog({ device, onClose, onRevoked }: Props) {
  const { calls } = useDesk();
  const { live, pending, own, person } = device;
  const name = visibleText(device.name);
  const revoking = useStopping(`revoke-${device.jkt}`, async (reason) => {
    const { stopped } = await calls.revokeDevice(device.jkt, { reason });
    onRevoked();
    return stopped;
  });

  const lines = [
    ...(live > 0 ? [{ key: 'live', who: plural(live, 'live grant'), what: live === 1 ? 'ends' : 'end' }] : []),
    ...(pending > 0
      ? [{ key: 'pending', who: plural(pending, 'request'), what: pending === 1 ? 'is closed' : 'are closed' }]
      : []),
    { key: 'key', who: `Its key ${keyWords(device.jkt)}`, what: 'opens nothing any more, for good' },
    {
      key: 'web',
      who: own ? 'Your other sessions on these pages' : `Sessions of ${person.name} on these pages`,
      what: 'signed out',
    },
  ];
  return (
    <StopForm
      title={own ? `Revoke your ${name}?` : `Revoke ${name} of ${person.name}?`}
      stopping={revoking}
      outcome={() => 'This device is revoked'}
      lines={lines}
      live={live}
      gone={null}
      action="Revoke device"
      acting="Revoking…"
      hint="Stands in the record and in the list of devices, for approvers and reviewers. Ctrl+Enter revokes."
      placeholder="Stolen on the train"
      onClose={onClose}
    >
      <p>
        {own ? 'You' : firstName(person.name)} can enrol again only with a new key. Statements that{' '}
        <Foreign of={device.name} /> has not delivered yet stay on it and are refused from now on.
      </p>
    </StopForm>
  );
}
