/** An envelope as the pages show it. Pure. */
import type { EnvelopeView } from '../../shared/api-envelope.ts';
import { type Envelope, notConfirming } from './machine.ts';

const iso = (at: number): string => new Date(at).toISOString();

export interface EnvelopeViewFacts {
  readonly deviceName: string;
  readonly fetchedAt: Date | null;
  /** Who reads it; null where they may not confirm anything. */
  readonly approver: { readonly sub: string } | null;
  readonly now: number;
}

export function viewOf(envelope: Envelope, { deviceName, fetchedAt, approver, now }: EnvelopeViewFacts): EnvelopeView {
  const { id, phase, holder, jkt, target, scope, severity, minutes, days, reason, askedBy, opened, end, until } =
    envelope;
  const refused = approver === null ? null : notConfirming(envelope, approver, now);
  return {
    id,
    state: phase,
    holder: { sub: holder.sub, name: holder.name },
    device: { jkt, name: deviceName },
    target,
    scope: { id: scope.id, label: scope.label, mode: scope.mode },
    severity,
    minutes,
    days,
    reason,
    asked: { by: askedBy.name, at: iso(envelope.askedAt) },
    confirmed: envelope.confirmations.map(({ sub, name, at }) => ({ sub, name, at })),
    lapses_at: iso(envelope.lapsesAt),
    until: until === null ? null : iso(until),
    fetched_at: fetchedAt?.toISOString() ?? null,
    seen_at: envelope.seenAt === undefined ? null : iso(envelope.seenAt),
    opened: opened === null ? null : { at: iso(opened.at), heard_at: iso(opened.heardAt), times: opened.oids.length },
    ended: end === null ? null : { at: iso(end.at), by: end.by?.name ?? null, reason: end.reason },
    rotated: envelope.clean && envelope.role !== null,
    confirm_refused:
      approver === null
        ? 'Only approvers can confirm an envelope.'
        : refused?.kind === 'refused'
          ? `${refused.title}.`
          : null,
  };
}
