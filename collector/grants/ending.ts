/**
 * Ending a grant: the decision is stored first, so that a collector that dies here is succeeded by another one; then the
 * role goes; then the record says how long that took. Each end is recorded exactly once. (I3)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { problem } from '../server/problem.ts';
import { operatorWords, type Targets, targetFault } from '../targets/index.ts';
import type { Flows } from './flows.ts';
import type { Actor, Grant } from './machine.ts';
import { claimEnd, load, postponeEnd } from './store.ts';

/**
 * Milliseconds in which the app may close its connections by itself, so that it learns what became of a statement that
 * was running; new logins end at once. A revocation gives none.
 */
const GRACE_MS: Readonly<Record<EndReason, number>> = { expired: 400, handed_back: 250, revoked: 0, failed: 0 };

export interface Endings {
  /** Ends a grant now and answers when its role is gone. Idempotent. Throws 503 while the target does not answer. */
  end(id: string, why: EndReason, by: Actor | null): Promise<Grant>;
  /** The deadline has come: like `end`, quietly, for the scheduler. */
  expire(id: string): Promise<void>;
  /** Takes over an end that nobody finished, if it is due to be tried. */
  resume(id: string): Promise<void>;
  /**
   * Removes the role of a grant whose end is stored, and waits for it at most `patienceMs`. Never throws: a target that is
   * down is tried again.
   */
  remove(id: string, patienceMs: number): Promise<void>;
  /** Waits for what is under way. */
  idle(): Promise<void>;
}

type EndingDeps = Pick<CollectorDeps, 'store' | 'log' | 'now'> & {
  readonly targets: Pick<Targets, 'endRole'>;
  readonly flows: Flows;
};

export function openEndings({ store, log, now, targets, flows }: EndingDeps): Endings {
  /** One attempt per grant in this process; whoever else asks waits for the same one. */
  const underWay = new Map<string, Promise<Grant>>();

  const remove = async (id: string): Promise<Grant> => {
    const { grant } = await load(store, id);
    if (grant.phase !== 'ending' || grant.end === null) return grant;
    const grace = Math.max(0, GRACE_MS[grant.end.why] - (flows.now() - grant.end.at));
    const gone = grant.role === null ? { terminated: 0 } : await targets.endRole(grant.target.id, grant.role, grace);
    const moved = await flows.move(id, { type: 'gone', at: flows.now(), terminated: gone.terminated });
    if (moved.moved)
      log.info(
        { grant: id, target: grant.target.id, why: grant.end.why, gone_ms: moved.grant.end?.goneMs },
        'role gone',
      );
    return moved.grant;
  };

  const removeOnce = (id: string): Promise<Grant> => {
    const running = underWay.get(id);
    if (running !== undefined) return running;
    const started = remove(id).finally(() => underWay.delete(id));
    underWay.set(id, started);
    return started;
  };

  const tellOperator = (error: unknown, id: string, target: string, wait: number | null): void =>
    log.error(
      { err: error, grant: id, target, retry_ms: wait },
      `a role could not be removed yet: ${operatorWords(target, error)}`,
    );
  const targetOf = (id: string): Promise<string> =>
    load(store, id).then(
      ({ grant }) => grant.target.id,
      () => 'its target',
    );

  /** For those who cannot be told: the failure is logged and the next attempt is set. */
  const removeQuietly = async (id: string): Promise<void> => {
    try {
      await removeOnce(id);
    } catch (error) {
      const wait = await postponeEnd(store, id, now()).catch(() => null);
      tellOperator(error, id, await targetOf(id), wait);
    }
  };

  return {
    async end(id, why, by) {
      const { grant } = await flows.move(id, { type: 'end', at: flows.now(), why, by });
      if (grant.phase !== 'ending') return grant;
      try {
        return await removeOnce(id);
      } catch (error) {
        const wait = await postponeEnd(store, id, now());
        tellOperator(error, id, grant.target.id, wait);
        throw problem(503, 'target_unavailable', `${grant.target.label} does not let the collector remove the role`, {
          detail: `${grant.target.label} ${targetFault(error).said}. The end of the grant is stored, and the database admits no new login after the deadline.`,
          hint: 'The collector tries again until the role is gone; nobody has to do anything.',
        });
      }
    },
    async expire(id) {
      const { grant } = await flows.move(id, { type: 'end', at: flows.now(), why: 'expired', by: null });
      if (grant.phase === 'ending') await removeQuietly(id);
    },
    async resume(id) {
      if (underWay.has(id)) return;
      if (await claimEnd(store, id, now())) await removeQuietly(id);
    },
    remove: (id, patienceMs) => {
      const patience = new AbortController();
      const removed = removeQuietly(id).finally(() => patience.abort());
      const enough = sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {});
      return Promise.race([removed, enough]);
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled([...underWay.values()]);
    },
  };
}
