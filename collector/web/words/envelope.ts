/** What happened to an offline envelope, in words. Pure. */
import type { TimelineEntry } from '../../../shared/api.ts';
import type { EnvelopeState, EnvelopeView } from '../../../shared/api-envelope.ts';
import { plural } from './number.ts';

type EnvelopeEntry = Extract<TimelineEntry, { kind: 'envelope' }>;

/** One line of the timeline. */
export function envelopeWords({ event, by, minutes }: EnvelopeEntry): string {
  const who = by === null ? '' : ` by ${by}`;
  switch (event) {
    case 'asked':
      return `Offline envelope asked for${who}${minutes === null ? '' : `, for ${plural(minutes, 'minute')} after its opening`}.`;
    case 'confirmed':
      return `Envelope confirmed${who}.`;
    case 'opened':
      return 'Envelope opened on the device, without the collector.';
    case 'rotated':
      return 'The collector heard of the opening; its credentials let nobody in any more.';
    case 'withdrawn':
      return `Envelope withdrawn${who}.`;
    case 'expired':
      return 'Envelope expired.';
    case 'lapsed':
      return 'Nobody confirmed the envelope in time.';
    case 'failed':
      return 'The envelope could not be sealed.';
  }
}

export const STATES: Readonly<Record<EnvelopeState, string>> = {
  asked: 'Waits for a second approver',
  sealing: 'Being sealed',
  sealed: 'Sealed',
  opened: 'Opened',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  lapsed: 'Lapsed',
  failed: 'Not sealed',
};

/** Whether it is still of use to somebody. */
export const isOpen = ({ state }: Pick<EnvelopeView, 'state'>): boolean =>
  state === 'asked' || state === 'sealing' || state === 'sealed';
