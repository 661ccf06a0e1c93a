/** Who was told about a request, and what did not arrive: live, for whoever may read the request. */
import type { RequestView } from '../../../shared/api.ts';
import type { Delivery, Told as ToldAnswer } from '../../../shared/notify.ts';
import { useDesk } from '../state/desk.tsx';
import { useLive } from '../state/live.ts';
import { Foreign } from '../ui/bits.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { type DeliveryTone, deliveryWords, eventWords } from '../words/told.ts';
import './told.css';

const EVERY_PENDING = 2000;
const EVERY_LIVE = 10_000;
const EVERY_ENDED = 60_000;
const ICONS: Readonly<Record<DeliveryTone, IconName>> = {
  ok: 'tick',
  waiting: 'clock',
  failed: 'warning',
  quiet: 'dash',
};

const isPending = ({ state }: Delivery): boolean => state === 'waiting' || state === 'sending';

function DeliveryLine({ delivery }: { readonly delivery: Delivery }) {
  const { tone, text } = deliveryWords(delivery);
  return (
    <li className="told-line" data-tone={tone}>
      <Icon name={ICONS[tone]} />
      <span>
        <b>
          <Foreign of={delivery.label} />
        </b>{' '}
        <span className="num">{text}</span>
      </span>
    </li>
  );
}

function Notices({ notices }: ToldAnswer) {
  if (notices.length === 0)
    return <p className="told-none">Nobody by message: the policy names no channel for this.</p>;
  return notices.map((notice) => (
    <div key={`${notice.event}-${notice.at}`} className="told-notice">
      <p>{eventWords[notice.event]}</p>
      <ul>
        {notice.deliveries.map((delivery) => (
          <DeliveryLine key={delivery.channel} delivery={delivery} />
        ))}
      </ul>
    </div>
  ));
}

export function Told({ request, level }: { readonly request: RequestView; readonly level: 2 | 3 }) {
  const { calls, onSignedOut } = useDesk();
  const { value, problem } = useLive<ToldAnswer>(`told-${request.id}`, {
    load: (_, signal) => calls.told(request.id, { signal }),
    pause: ({ notices }) =>
      notices.some(({ deliveries }) => deliveries.some(isPending))
        ? EVERY_PENDING
        : request.ended_at === null
          ? EVERY_LIVE
          : EVERY_ENDED,
    onSignedOut,
  });
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section className="told" aria-label="Who was told">
      <Heading>Who was told</Heading>
      {value !== null && <Notices {...value} />}
      {value === null && problem !== null && <p className="told-none">This could not be read; it is tried again.</p>}
    </section>
  );
}
