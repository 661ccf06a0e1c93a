/**
 * The life of an offline envelope (docs/decisions/029), as plain functions: what is known plus what happens gives what is
 * known next and the records that the ledger must hold with it. No clock, no store, no target. It is opened at most once,
 * and never after its end; what a device claims beyond that is kept, and is an alert. (I3, I4)
 *
 * asked → sealing → sealed → opened | withdrawn | expired
 *   └→ lapsed | withdrawn      └→ failed | withdrawn
 */
import type { EnvelopeState } from '../../shared/api-envelope.ts';
import type { Approval, Environment, Limits, Scope } from '../../shared/grants.ts';
import type { Actor, Instant } from '../grants/machine.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';

/** Two people confirm, and neither is who will hold it. */
export const CONFIRMATIONS = 2;
const HOUR = 3_600_000;
/** An envelope that nobody confirms lapses after this long. */
export const ASKED_MS = 24 * HOUR;

export type Phase = EnvelopeState;
/** A role may be on the target, or will be in a moment. */
export const OPENABLE: readonly Phase[] = ['sealing', 'sealed'];
/** Nothing has ended it yet. */
export const OPEN_PHASES: readonly Phase[] = ['asked', ...OPENABLE];

/** Everything known about one envelope; plain JSON. */
export interface Envelope {
  /** Also the id of the grant in it. */
  readonly id: string;
  readonly phase: Phase;
  readonly holder: Actor;
  readonly jkt: string;
  readonly target: { readonly id: string; readonly label: string; readonly environment: Environment };
  /** Frozen when it was asked for, like the limits and the policy's hash. */
  readonly scope: Scope;
  readonly severity: string;
  readonly minutes: number;
  readonly days: number;
  readonly limits: Limits;
  readonly reviewHours: number;
  readonly policy: string;
  readonly reason: string;
  readonly askedBy: Actor;
  readonly askedAt: Instant;
  readonly lapsesAt: Instant;
  readonly confirmations: readonly Approval[];
  /** Name of its role, chosen before the role exists. */
  readonly role: string | null;
  /** The last moment in which it can be opened. */
  readonly until: Instant | null;
  /** `at` by the device's clock; `oids`: every opening that was ever reported. */
  readonly opened: { readonly at: Instant; readonly heardAt: Instant; readonly oids: readonly string[] } | null;
  /** When its role was first seen to be logged in while nobody had told of an opening. */
  readonly seenAt?: Instant;
  readonly end: { readonly at: Instant; readonly by: Actor | null; readonly reason: string | null } | null;
  /** What was in it lets nobody in (any more). */
  readonly clean: boolean;
}

export type EnvelopeEvent =
  | {
      readonly type: 'confirm';
      readonly at: Instant;
      readonly by: Actor;
      /** For the last confirmation: the signed grant and what will be made for it. */
      readonly seal: { readonly role: string; readonly until: Instant; readonly jws: string } | null;
    }
  /** The role exists, was verified, and its credentials are sealed. */
  | { readonly type: 'sealed'; readonly at: Instant; readonly tables: number }
  | { readonly type: 'fail'; readonly at: Instant }
  | { readonly type: 'withdraw'; readonly at: Instant; readonly by: Actor; readonly reason: string }
  | { readonly type: 'expire'; readonly at: Instant }
  | { readonly type: 'lapse'; readonly at: Instant }
  /** A device reports an opening; `at` is its own clock, `oid` the record's own id. */
  | { readonly type: 'opened'; readonly at: Instant; readonly heardAt: Instant; readonly oid: string }
  /** Its role is logged in on the target since `at`, and no opening was reported. */
  | { readonly type: 'seen'; readonly at: Instant }
  /** The minutes after that login may be over. */
  | { readonly type: 'overrun'; readonly at: Instant }
  /** Its role is gone, or admits no login. */
  | { readonly type: 'clean' };

export type Step =
  | { readonly kind: 'moved'; readonly envelope: Envelope; readonly records: readonly NewCollectorRecord[] }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly code: string; readonly title: string; readonly hint: string };

const iso = (at: Instant): string => new Date(at).toISOString();
const SAME: Step = { kind: 'same' };
const refused = (code: string, title: string, hint: string): Step => ({ kind: 'refused', code, title, hint });

type Asking = Pick<
  Envelope,
  | 'id'
  | 'holder'
  | 'jkt'
  | 'target'
  | 'scope'
  | 'severity'
  | 'minutes'
  | 'days'
  | 'limits'
  | 'reviewHours'
  | 'policy'
  | 'reason'
  | 'askedBy'
  | 'askedAt'
>;

/** A new envelope; asking is the first confirmation, where the asker may give one. */
export function asked(asking: Asking): { envelope: Envelope; records: readonly NewCollectorRecord[] } {
  const { id, holder, jkt, target, scope, severity, minutes, days, reason, policy, askedBy: by, askedAt } = asking;
  const t = iso(askedAt);
  const envelope: Envelope = {
    ...asking,
    phase: 'asked',
    lapsesAt: askedAt + ASKED_MS,
    confirmations: [{ sub: by.sub, name: by.name, alone: false, at: t }],
    role: null,
    until: null,
    opened: null,
    end: null,
    clean: true,
  };
  const what = { target: target.id, scope: scope.id, severity, minutes, days, reason, policy };
  return {
    envelope,
    records: [
      { typ: 'envelope.asked', gid: id, t, by, holder, dev: jkt, ...what },
      { typ: 'envelope.confirmed', gid: id, t, by },
    ],
  };
}

const SAID: Readonly<Record<Phase, string>> = {
  asked: 'waits for a second confirmation',
  sealing: 'is being sealed',
  sealed: 'is sealed',
  opened: 'was opened',
  withdrawn: 'was withdrawn',
  expired: 'has expired',
  lapsed: 'has lapsed',
  failed: 'could not be sealed',
};
const tooLate = (envelope: Envelope): Step =>
  refused('too_late', `This envelope ${SAID[envelope.phase]}`, 'Nothing was changed. A new one can be asked for.');

/** Why this person's confirmation would not count; null where it would. */
export function notConfirming(envelope: Envelope, by: Pick<Actor, 'sub'>, at: Instant): Step | null {
  if (by.sub === envelope.holder.sub)
    return refused('own_envelope', 'You cannot confirm an envelope for yourself', 'Two other approvers have to.');
  if (envelope.phase !== 'asked' || at >= envelope.lapsesAt) return tooLate(envelope);
  if (envelope.confirmations.some(({ sub }) => sub === by.sub))
    return refused('already_confirmed', 'You have confirmed this envelope already', 'Another approver has to, too.');
  return null;
}

/** The envelope as one more confirmation makes it. */
export const confirmedBy = (envelope: Envelope, by: Actor, at: Instant): Envelope => ({
  ...envelope,
  confirmations: [...envelope.confirmations, { sub: by.sub, name: by.name, alone: false, at: iso(at) }],
});
export const isEnough = ({ confirmations }: Envelope): boolean => confirmations.length >= CONFIRMATIONS;

export function next(envelope: Envelope, event: EnvelopeEvent): Step {
  const { phase } = envelope;
  switch (event.type) {
    case 'confirm':
      return confirm(envelope, event);
    case 'sealed': {
      const { role, until } = envelope;
      if (phase !== 'sealing' || role === null || until === null) return tooLate(envelope);
      const { at, tables } = event;
      return moved({ ...envelope, phase: 'sealed' }, [
        { typ: 'activation', gid: envelope.id, t: iso(at), role, tables, until: iso(until), verified: true },
      ]);
    }
    case 'fail':
      return phase === 'sealing' ? end(envelope, 'failed', event.at, null, null) : SAME;
    case 'withdraw':
      if (phase === 'withdrawn') return SAME;
      if (!OPEN_PHASES.includes(phase)) return tooLate(envelope);
      return end(envelope, 'withdrawn', event.at, event.by, event.reason);
    case 'expire':
      if (phase !== 'sealed' || envelope.until === null || event.at < envelope.until) return SAME;
      return end(envelope, 'expired', event.at, null, null);
    case 'lapse':
      return phase === 'asked' && event.at >= envelope.lapsesAt ? end(envelope, 'lapsed', event.at, null, null) : SAME;
    case 'opened':
      return opened(envelope, event);
    case 'seen':
      return seen(envelope, event.at);
    case 'overrun':
      if (phase !== 'sealed' || envelope.seenAt === undefined || event.at < overrunAt(envelope.seenAt, envelope))
        return SAME;
      return end(
        envelope,
        'expired',
        event.at,
        null,
        'Its time after the first login was over; no opening was reported.',
      );
    case 'clean':
      return envelope.clean ? SAME : moved({ ...envelope, clean: true }, []);
  }
}

const moved = (envelope: Envelope, records: readonly NewCollectorRecord[]): Step => ({
  kind: 'moved',
  envelope,
  records,
});

function confirm(envelope: Envelope, { at, by, seal }: Extract<EnvelopeEvent, { type: 'confirm' }>): Step {
  const why = notConfirming(envelope, by, at);
  if (why !== null) return why;
  const after = confirmedBy(envelope, by, at);
  const confirmation: NewCollectorRecord = { typ: 'envelope.confirmed', gid: envelope.id, t: iso(at), by };
  if (!isEnough(after)) return moved(after, [confirmation]);
  if (seal === null) throw new Error('the last confirmation of an envelope comes with its grant');
  const { role, until, jws } = seal;
  return moved({ ...after, phase: 'sealing', role, until, clean: false }, [
    confirmation,
    { typ: 'grant', gid: envelope.id, t: iso(at), jws },
  ]);
}

function end(
  envelope: Envelope,
  why: 'withdrawn' | 'expired' | 'lapsed' | 'failed',
  at: Instant,
  by: Actor | null,
  reason: string | null,
): Step {
  return moved({ ...envelope, phase: why, end: { at, by, reason } }, [
    { typ: 'envelope.ended', gid: envelope.id, t: iso(at), by, why, reason },
  ]);
}

/** The minutes, and one more for an app whose clock or network is slow. */
const overrunAt = (seenAt: Instant, { minutes }: Envelope): Instant => seenAt + (minutes + 1) * 60_000;

function seen(envelope: Envelope, at: Instant): Step {
  if (envelope.phase !== 'sealed' || envelope.seenAt !== undefined) return SAME;
  const detail = `Its role logged in at ${iso(at)}, and its device has not told of an opening yet. It ends after ${envelope.minutes} minutes.`;
  return moved({ ...envelope, seenAt: at }, [
    { typ: 'alert', gid: envelope.id, t: iso(at), kind: 'envelope_untold', sid: null, seq: null, detail },
  ]);
}

/** The device's own record stands before these, whatever they are. */
function opened(envelope: Envelope, { at, heardAt, oid }: Extract<EnvelopeEvent, { type: 'opened' }>): Step {
  const { id, phase, end, until } = envelope;
  if (envelope.role === null) return refused('never_sealed', 'This envelope was never sealed', 'Tell security.');
  const alert = (kind: string, detail: string): NewCollectorRecord => ({
    typ: 'alert',
    gid: id,
    t: iso(heardAt),
    kind,
    sid: null,
    seq: null,
    detail,
  });
  if (envelope.opened !== null) {
    const { oids } = envelope.opened;
    if (oids.includes(oid)) return SAME;
    const twice = `The device signed ${oids.length + 1} different openings of this envelope: its disk was copied or set back.`;
    return moved({ ...envelope, opened: { ...envelope.opened, oids: [...oids, oid] } }, [
      alert('envelope_twice', twice),
    ]);
  }
  const first: Envelope = { ...envelope, opened: { at, heardAt, oids: [oid] } };
  const late = until !== null && at > until;
  const afterEnd = end !== null && at >= end.at;
  const alerts =
    late || afterEnd
      ? [
          alert(
            'envelope_late',
            `The device says that it opened this envelope at ${iso(at)}, when it ${SAID[late ? 'expired' : phase]}.`,
          ),
        ]
      : [];
  if (phase !== 'sealed' && phase !== 'sealing') return moved(first, alerts);
  const rotated = { typ: 'envelope.ended', gid: id, t: iso(heardAt), by: null, why: 'rotated', reason: null } as const;
  return moved({ ...first, phase: 'opened', end: { at: heardAt, by: null, reason: null } }, [...alerts, rotated]);
}
