/** What a stop would end, and what came of it, in words. Pure. */
import type { RequestView } from '../../../shared/api.ts';
import type { Device, LiveGrant, StopAnswer, StopRequest } from '../../../shared/api-stop.ts';
import { visibleText } from '../../../shared/visible.ts';
import { plural } from './number.ts';
import { countdown, durationWords } from './time.ts';

type WithoutReason<T> = T extends unknown ? Omit<T, 'reason'> : never;
export type Reach = WithoutReason<StopRequest>;

/** One line of what ends. */
export interface EndLine {
  readonly key: string;
  readonly who: string;
  readonly what: string;
}
/** One thing that can be stopped. */
export interface StopChoice {
  readonly reach: Reach;
  /** `Stop all access of Priya Raman?` */
  readonly title: string;
  /** `This grant`, `Priya Raman`. */
  readonly label: string;
  /** What the label is: `person`. */
  readonly kind: string;
  readonly live: number;
  readonly pending: number;
  readonly lines: readonly EndLine[];
}

export const isPending = ({ state }: Pick<LiveGrant, 'state'>): boolean =>
  state === 'requested' || state === 'approved';

/** `2 grants, 1 request`; `nothing` where neither is there. */
export function sizeWords(live: number, pending: number): string {
  const parts = [live > 0 ? plural(live, 'grant') : '', pending > 0 ? plural(pending, 'request') : ''];
  return parts.filter((part) => part !== '').join(', ') || 'nothing';
}

/** Where it stands: `12:09 left`, `approved, not started`, `waits for an approval`, `ending`. */
export function leftWords(grant: LiveGrant, now: number): string {
  if (grant.state === 'requested') return 'waits for an approval';
  if (grant.state === 'approved') return 'approved, not started';
  if (grant.state === 'ending') return 'ending';
  return grant.expires_at === null ? 'open' : `${countdown(Date.parse(grant.expires_at) - now)} left`;
}

const titleOf = ({ what }: Reach, label: string): string => {
  if (what === 'everything') return 'Stop everything?';
  if (what === 'grant') return `Stop ${label.toLowerCase()}?`;
  const link = { person: 'of', device: 'from', target: 'to' }[what];
  return `Stop all access ${link} ${visibleText(label)}?`;
};

function choice(reach: Reach, label: string, kind: string, grants: readonly LiveGrant[], now: number): StopChoice {
  const pending = grants.filter(isPending);
  return {
    reach,
    title: titleOf(reach, label),
    label,
    kind,
    live: grants.length - pending.length,
    pending: pending.length,
    lines: grants.map((grant) => ({
      key: grant.id,
      who: `${grant.by.name} on ${grant.target.label}`,
      what: leftWords(grant, now),
    })),
  };
}

/** With null where the list could not be read: a stop does not wait for it. */
export function everything(grants: readonly LiveGrant[] | null, now: number): StopChoice {
  const all = choice({ what: 'everything' }, 'Everything', 'all targets, all people', grants ?? [], now);
  if (grants !== null) return all;
  return { ...all, lines: [{ key: 'all', who: 'Whatever is open or waits', what: 'on every target' }] };
}

/** One live grant alone, as the review desk shows it. */
export const onlyGrant = ({ id, by, target, expires_at }: RequestView, now: number): StopChoice => ({
  reach: { what: 'grant', id },
  title: `Stop ${by.name} on ${target.label}?`,
  label: 'This grant',
  kind: `${by.name} on ${target.label}`,
  live: 1,
  pending: 0,
  lines: [
    {
      key: id,
      who: `${by.name} on ${target.label}`,
      what: expires_at === null ? 'open' : `${countdown(Date.parse(expires_at) - now)} left`,
    },
  ],
});

/** From the narrowest to the widest, for one row of the list. */
export function choicesOf(one: LiveGrant, grants: readonly LiveGrant[], now: number): readonly StopChoice[] {
  const { by, device, target } = one;
  const only = (is: (grant: LiveGrant) => boolean): readonly LiveGrant[] => grants.filter(is);
  return [
    choice(
      { what: 'grant', id: one.id },
      isPending(one) ? 'This request' : 'This grant',
      `${by.name} on ${target.label}`,
      only(({ id }) => id === one.id),
      now,
    ),
    choice(
      { what: 'person', id: by.sub },
      by.name,
      'this person',
      only((grant) => grant.by.sub === by.sub),
      now,
    ),
    choice(
      { what: 'device', id: device.jkt },
      device.name,
      'this device',
      only((grant) => grant.device.jkt === device.jkt),
      now,
    ),
    choice(
      { what: 'target', id: target.id },
      target.label,
      'this target',
      only((grant) => grant.target.id === target.id),
      now,
    ),
    everything(grants, now),
  ];
}

/** `Everything is stopped`, `2 grants ended`, `1 grant is not gone yet`. */
export function outcomeTitle({ ended, not_yet, closed }: StopAnswer): string {
  if (not_yet.length > 0)
    return `${plural(not_yet.length, 'grant')} ${not_yet.length === 1 ? 'is' : 'are'} not gone yet`;
  if (ended.length > 0) return `${plural(ended.length, 'grant')} ended`;
  if (closed.length > 0) return `${plural(closed.length, 'request')} closed`;
  return 'Nothing was open';
}

export interface OutcomeLine extends EndLine {
  readonly tone: 'ok' | 'warn' | 'plain';
}
/** What came of each, the open ends first. */
export const outcomeLines = ({ ended, not_yet, closed }: StopAnswer): readonly OutcomeLine[] => [
  ...not_yet.map(({ id, by, target }) => ({
    key: id,
    who: `${by} on ${target}`,
    what: 'not gone yet',
    tone: 'warn' as const,
  })),
  ...ended.map(({ id, by, target, gone_ms }) => ({
    key: id,
    who: `${by} on ${target}`,
    what: `gone after ${durationWords(gone_ms)}`,
    tone: 'ok' as const,
  })),
  ...closed.map(({ id, by, target }) => ({
    key: id,
    who: `${by} on ${target}`,
    what: 'closed, was not open',
    tone: 'plain' as const,
  })),
];

/** The first letters of a thumbprint: enough to tell two devices of one name apart. */
export const keyWords = (jkt: string): string => jkt.slice(0, 8);

/** Everything that one person has open, as their own devices tell it. */
export function ownAccess(person: { readonly sub: string }, devices: readonly Device[]): StopChoice {
  const open = devices.filter(({ own, live, pending }) => own && live + pending > 0);
  const sum = (of: 'live' | 'pending'): number => open.reduce((total, device) => total + device[of], 0);
  return {
    reach: { what: 'person', id: person.sub },
    title: 'Stop your own access?',
    label: 'Your own access',
    kind: 'on every device',
    live: sum('live'),
    pending: sum('pending'),
    lines: open.map(({ jkt, name, live, pending }) => ({ key: jkt, who: name, what: sizeWords(live, pending) })),
  };
}
