/** One device: whose, what it is, since when and how lately, and the button that takes it out. */
import type { Device } from '../../../shared/api-stop.ts';
import { Chip, Foreign, Moment } from '../ui/bits.tsx';
import { keyWords, sizeWords } from '../words/stop.ts';
import { agoWords } from '../words/time.ts';

export function DeviceRow({
  device,
  now,
  onRevoke,
}: {
  readonly device: Device;
  readonly now: number;
  /** Null where this person may not. */
  readonly onRevoke: (() => void) | null;
}) {
  const { revoked, live, pending } = device;
  return (
    <tr data-revoked={revoked !== null}>
      <th scope="row">
        <b className="clip">
          <Foreign of={device.name} />
        </b>
        <span className="muted clip">
          <Foreign of={`${device.os} · ${device.app}`} />
        </span>
      </th>
      <td>
        <span className="clip">
          <Foreign of={device.person.name} />
          {device.own && <span className="muted"> (you)</span>}
        </span>
        <span className="mono faint" title={`Thumbprint of its key: ${device.jkt}`}>
          {keyWords(device.jkt)}
        </span>
      </td>
      <td className="num devices-since">
        <Moment at={device.enrolled_at} as="moment" />
      </td>
      <td className="num">{agoWords(device.seen_at, now)}</td>
      <td>
        {revoked === null ? (
          live + pending > 0 ? (
            <Chip text={sizeWords(live, pending)} tone={live > 0 ? 'live' : 'plain'} />
          ) : (
            <span className="faint">nothing</span>
          )
        ) : (
          <span className="devices-revoked">
            <Chip text="revoked" tone="danger" />
            <span className="muted clip">
              <Moment at={revoked.at} as="moment" />
              {revoked.by !== null && ` by ${revoked.by}`}
            </span>
            {revoked.reason !== null && (
              <span className="muted clip" title={revoked.reason}>
                “<Foreign of={revoked.reason} />”
              </span>
            )}
          </span>
        )}
      </td>
      <td>
        {revoked === null && onRevoke !== null && (
          <button
            type="button"
            className="btn"
            data-revoke
            onClick={onRevoke}
            aria-label={`Revoke ${device.name} of ${device.person.name}, key ${keyWords(device.jkt)}`}
          >
            Revoke…
          </button>
        )}
      </td>
    </tr>
  );
}
