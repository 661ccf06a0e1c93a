/** In the glass bar: how long may still be written, and what waits for an answer. */
import type { LiveGrant } from '../../shared/ipc.ts';
import { clock, plural } from '../words/format.ts';

export function ChangeChips(props: {
  readonly grant: LiveGrant;
  readonly busy: boolean;
  readonly onGiveBack: () => void;
  readonly onWithdraw: (id: string) => void;
}) {
  const { grant, busy } = props;
  const { elevation } = grant;
  return (
    <>
      {elevation !== null && (
        <span className="row change-write">
          <span className="mono" role="timer" aria-label={`Writing for ${clock(elevation.left_ms)} more`}>
            {clock(elevation.left_ms)}
          </span>
          <button type="button" className="btn quiet" disabled={busy} onClick={props.onGiveBack}>
            Stop writing
          </button>
        </span>
      )}
      {grant.waiting.map((change) => (
        <span key={change.id} className="row change-waiting" role="status">
          <span className="spinner" />
          <span className="sentence" title={waitingWords(change)}>
            {change.kind === 'extend' ? `${plural(change.minutes, 'minute')} more` : 'Write access'}: waits for{' '}
            {change.missing}
          </span>
          <button type="button" className="btn quiet" disabled={busy} onClick={() => props.onWithdraw(change.id)}>
            Withdraw
          </button>
        </span>
      ))}
    </>
  );
}

const waitingWords = ({ people }: LiveGrant['waiting'][number]): string =>
  people.length === 0 ? 'Nobody is known who could give it.' : `${people.join(', ')} can give it.`;
