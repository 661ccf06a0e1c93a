/**
 * An opening that a device reports. The record proves itself: it is signed by the key of the device that the envelope is
 * for, so it is taken without a sign-in, even while the identity provider is still away. It goes into the ledger, the
 * credentials are made useless, reviewers are told, a review becomes due, and from then on the grant is one like any
 * other. All of it is one transaction; the target is touched after it. (I3, I4, I5)
 */
import type { OpeningHeard } from '../../shared/api-envelope.ts';
import { thumbprint } from '../../shared/audit/binding.ts';
import { openEnvelope, verifyEnvelope } from '../../shared/audit/envelope.ts';
import { type EnvelopeOpened, envelopeOpened } from '../../shared/audit/records.ts';
import { TOLERANCE_MS } from '../../shared/audit/verify-session.ts';
import { Fault } from '../../shared/errors.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Endings } from '../grants/ending.ts';
import { type Grant, reviewDueAt, stateOf } from '../grants/machine.ts';
import { find as findGrant, insert as insertGrant } from '../grants/store.ts';
import { hashOf } from '../identity/cookies.ts';
import { primitives } from '../keys.ts';
import { problem } from '../server/problem.ts';
import { type EnvelopeFlows, insist, refusal } from './flows.ts';
import { type Envelope, next } from './machine.ts';
import { find, update } from './store.ts';

type OpeningDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'notify' | 'log'> & {
  readonly flows: EnvelopeFlows;
  readonly endings: Pick<Endings, 'end' | 'remove'>;
  readonly clean: (envelope: Envelope) => Promise<void>;
};

export type HearOpening = (line: string, live: boolean) => Promise<OpeningHeard>;

/** How long the answer waits for the role to go. */
const PATIENCE_MS = 4000;

const bad = (title: string) =>
  problem(400, 'bad_opening', title, { field: 'record', detail: 'Nothing was stored.', hint: 'Tell security.' });

export function openOpenings({ store, ledger, notify, log, flows, endings, clean }: OpeningDeps): HearOpening {
  /** Everything that can be told without the lock. */
  const check = async (line: string): Promise<EnvelopeOpened> => {
    let opened: ReturnType<typeof openEnvelope>;
    try {
      opened = openEnvelope(line);
    } catch (error) {
      if (error instanceof Fault) throw bad(error.message);
      throw error;
    }
    const parsed = envelopeOpened.safeParse(opened.record);
    if (!parsed.success) throw bad('The record is not that of an opening');
    const record = parsed.data;
    const ours = record.dev === opened.keyid && thumbprint(record.pub, primitives) === record.dev;
    if (!ours || !verifyEnvelope(opened, record.pub, primitives)) throw bad('The record is not signed by its device');
    if (Date.parse(record.t) > flows.now() + TOLERANCE_MS) throw bad('The record claims to be from the future');
    const found = await find(store, record.gid);
    // One answer for all that does not fit: who asks may be anybody.
    if (found === null || found.jws === null || found.envelope.jkt !== record.dev || hashOf(found.jws) !== record.grant)
      throw problem(404, 'not_found', 'There is no such envelope for this device', { field: 'record' });
    return record;
  };

  const hear = (line: string, record: EnvelopeOpened, live: boolean) =>
    insist(async () => {
      let moved: { before: Envelope; after: Envelope } | null = null;
      await ledger.witness({ line, typ: record.typ, gid: record.gid }, async (tx) => {
        moved = null;
        const found = await find(tx, record.gid);
        if (found === null) throw bad('The envelope is gone');
        const { envelope: before, version } = found;
        const heardAt = flows.now();
        const step = next(before, { type: 'opened', at: Date.parse(record.t), heardAt, oid: record.oid });
        if (step.kind === 'same') return null;
        if (step.kind === 'refused') throw refusal(step);
        await update(tx, step.envelope, version, heardAt);
        if (before.opened === null) {
          const grant = grantOf(step.envelope, record, live, heardAt);
          await insertGrant(tx, grant);
          await notify.tell(tx, null, grant);
        }
        moved = { before, after: step.envelope };
        return step.records;
      });
      // Cast: assigned in the callback, which the compiler does not see.
      return moved as { before: Envelope; after: Envelope } | null;
    });

  return async (line, live) => {
    const record = await check(line);
    const moved = await hear(line, record, live);
    if (moved !== null) {
      notify.wake();
      const { id, holder, jkt, target } = moved.after;
      const again = moved.before.opened !== null;
      log.warn({ envelope: id, by: holder.sub, device: jkt, target: target.id, again }, 'an envelope was opened');
      await clean(moved.after);
    }
    const grant = (await findGrant(store, record.gid))?.grant;
    if (grant === undefined) throw new Error('an envelope that was opened has its grant');
    if (grant.phase === 'ending') await endings.remove(grant.id, PATIENCE_MS);
    else if (grant.phase === 'active' && !live) await endings.end(grant.id, 'handed_back', null);
    const now = (await findGrant(store, record.gid))?.grant ?? grant;
    const due = reviewDueAt(now);
    return {
      state: stateOf(now) === 'active' ? 'active' : 'ended',
      end_reason: now.end?.why ?? null,
      gone_ms: now.end?.goneMs ?? null,
      review_due_at: due === null ? null : new Date(due).toISOString(),
    };
  };
}

/**
 * The grant that lay in the envelope. Its deadline counts from the opening by the device's clock, and never from later than
 * now; one that ended before anybody heard of it has its end there, and its role goes now.
 */
function grantOf(envelope: Envelope, record: EnvelopeOpened, live: boolean, now: number): Grant {
  const { id, holder, jkt, target, scope, severity, minutes, limits, policy, confirmations, reviewHours, role } =
    envelope;
  const openedAt = Math.min(Date.parse(record.t), now);
  const deadline = Math.min(openedAt + minutes * 60_000, envelope.until ?? now);
  // By a withdrawal or its own end, which came first: then the role is gone or going.
  const over = envelope.phase !== 'opened';
  const why = deadline <= now ? 'expired' : over ? 'revoked' : live ? null : 'handed_back';
  return {
    id,
    phase: why === null ? 'active' : 'ending',
    by: { ...holder, idt: record.idt },
    jkt,
    target,
    scope,
    severity,
    ticket: record.ticket,
    reason: record.reason,
    minutes,
    alone: false,
    limits,
    policy,
    approvalsNeeded: confirmations.length,
    approvals: confirmations,
    offline: true,
    note: null,
    reviewHours,
    activateMinutes: 1,
    createdAt: openedAt,
    lapsesAt: openedAt,
    role,
    activatedAt: openedAt,
    expiresAt: deadline,
    told: true,
    end:
      why === null
        ? null
        : {
            why,
            by: why === 'revoked' ? (envelope.end?.by ?? null) : null,
            at: endOf(why, envelope, deadline, now),
            goneMs: null,
            terminated: 0,
          },
    reviewedAt: null,
  };
}

const endOf = (
  why: 'expired' | 'revoked' | 'handed_back',
  envelope: Envelope,
  deadline: number,
  now: number,
): number => (why === 'expired' ? deadline : why === 'revoked' ? (envelope.end?.at ?? now) : now);
