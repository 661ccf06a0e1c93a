/** One envelope: for whom, what it would open, where it is in its life, and what can be done about it. */
import type { EnvelopeView } from '../../../shared/api-envelope.ts';
import { Chip, Foreign, Moment } from '../ui/bits.tsx';
import { isOpen, STATES } from '../words/envelope.ts';
import type { Label } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import { agoWords } from '../words/time.ts';

const TONES: Partial<Record<EnvelopeView['state'], Label['tone']>> = {
  asked: 'warn',
  sealed: 'live',
  opened: 'danger',
  failed: 'danger',
};

export function EnvelopeRow({
  envelope,
  now,
  onConfirm,
  onWithdraw,
}: {
  readonly envelope: EnvelopeView;
  readonly now: number;
  /** Null where this person may not, or it is too late. */
  readonly onConfirm: (() => void) | null;
  readonly onWithdraw: (() => void) | null;
}) {
  const { state, holder, device, target, scope, severity, minutes, until, opened, ended } = envelope;
  const whose = `for ${holder.name}, ${device.name}`;
  return (
    <li className="envelope-card" data-open={isOpen(envelope)}>
      <div className="row">
        <b>
          <Foreign of={holder.name} />
        </b>
        <span className="muted clip">
          <Foreign of={device.name} />
        </span>
        <Chip text={STATES[state]} tone={TONES[state] ?? 'plain'} />
        {opened !== null && opened.times > 1 && <Chip text={`opened ${opened.times} times`} tone="danger" />}
        {envelope.seen_at !== null && opened === null && <Chip text="in use, not reported" tone="danger" />}
        <span className="grow" />
        {onConfirm !== null && (
          <button
            type="button"
            className="btn primary"
            onClick={onConfirm}
            aria-label={`Confirm the envelope ${whose}`}
          >
            Confirm…
          </button>
        )}
        {onWithdraw !== null && (
          <button type="button" className="btn" onClick={onWithdraw} aria-label={`Withdraw the envelope ${whose}`}>
            Withdraw…
          </button>
        )}
      </div>
      <div>
        <Foreign of={`${target.label}, ${scope.label}`} />, {severity}, {plural(minutes, 'minute')} after it is opened
      </div>
      <div className="muted">
        Asked for by <Foreign of={envelope.asked.by} />, confirmed by{' '}
        <Foreign of={envelope.confirmed.map(({ name }) => name).join(' and ')} />: “
        <Foreign of={envelope.reason} />”
      </div>
      <div className="muted">
        {state === 'asked' && (
          <>
            Lapses <Moment at={envelope.lapses_at} as="moment" /> if nobody else confirms.
          </>
        )}
        {state === 'sealed' && until !== null && (
          <>
            Can be opened until <Moment at={until} as="moment" />.{' '}
            {envelope.fetched_at === null
              ? 'The device has not fetched it yet.'
              : `On the device since ${agoWords(envelope.fetched_at, now)}.`}
          </>
        )}
        {opened !== null && (
          <>
            Opened <Moment at={opened.at} as="moment" /> by the device’s clock, heard of{' '}
            <Moment at={opened.heard_at} as="moment" />.{' '}
          </>
        )}
        {state !== 'opened' && ended !== null && (
          <>
            Ended <Moment at={ended.at} as="moment" />
            {ended.by !== null && (
              <>
                {' '}
                by <Foreign of={ended.by} />
              </>
            )}
            {ended.reason !== null && (
              <>
                : “<Foreign of={ended.reason} />”
              </>
            )}
            .{' '}
          </>
        )}
        {!isOpen(envelope) && (envelope.rotated ? 'Nothing that was in it lets anybody in.' : null)}
        {!isOpen(envelope) && !envelope.rotated && until !== null && 'Its credentials are being taken away.'}
      </div>
    </li>
  );
}
