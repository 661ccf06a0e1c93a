/**
 * What people and time do to a request, each act one step of the machine: the step and its ledger records are one
 * transaction, the target is touched only between them. (I3, I4, I6)
 */
import type { Transaction } from 'kysely';
import type { CollectorDeps } from '../deps.ts';
import { stepUpRefusal } from '../identity/step-up.ts';
import type { NewCollectorRecord, Placed } from '../ledger/index.ts';
import { problem } from '../server/problem.ts';
import type { Database } from '../store/index.ts';
import { type Actor, type Grant, type GrantEvent, type Instant, next, type Step } from './machine.ts';
import { Conflict, insert, load, update } from './store.ts';
import type { Waiting } from './waiting.ts';

export type FlowDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'notify' | 'now'>;

/** Changes at once by as many people as this settle within the loop; more is somebody's script. */
const MOST_CONFLICTS = 20;

type Within = (tx: Transaction<Database>, placed: readonly Placed[]) => Promise<void>;

export interface Flows {
  now(): Instant;
  /** Stores a new request with its first records. */
  add(grant: Grant, records: readonly NewCollectorRecord[]): Promise<Grant>;
  /**
   * Applies an event to the newest state, again when somebody else was faster. `moved` is false when it had happened
   * before. Throws 404 for an unknown request and 409 when the machine refuses. `within` runs in the transaction of the
   * step's records, knows where they stand, and undoes everything by throwing.
   */
  move(id: string, event: GrantEvent, within?: Within): Promise<{ grant: Grant; moved: boolean }>;
}

export function openFlows({ store, ledger, notify, now }: FlowDeps, waiting: Waiting): Flows {
  const clock = (): Instant => now().getTime();

  const attempt = async (id: string, event: GrantEvent, within?: Within) => {
    const { grant, version } = await load(store, id);
    const step = next(grant, event);
    if (step.kind === 'same') return { grant, moved: false };
    refuse(step, grant, event.at);
    const write = async (tx: Transaction<Database>): Promise<void> => {
      await update(tx, step.grant, version, clock());
      await notify.tell(tx, grant, step.grant);
    };
    if (step.records.length === 0) await store.transaction().execute(write);
    else
      await ledger.append(step.records, async (tx, placed) => {
        await write(tx);
        await within?.(tx, placed);
      });
    waiting.changed(id);
    notify.wake();
    return { grant: step.grant, moved: true };
  };

  return {
    now: clock,
    async add(grant, records) {
      await ledger.append(records, async (tx) => {
        await insert(tx, grant);
        await notify.tell(tx, null, grant);
      });
      waiting.changed(grant.id);
      notify.wake();
      return grant;
    },
    async move(id, event, within) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(id, event, within);
        } catch (error) {
          if (!(error instanceof Conflict) || tries >= MOST_CONFLICTS) throw error;
        }
      }
    },
  };
}

type About = Pick<Grant, 'severity' | 'target'>;

/** Throws the machine's refusal as 409, or as 401 where a fresh sign-in is asked for. */
export function refuse(
  step: Step,
  { severity, target }: About,
  at: Instant,
): asserts step is Exclude<Step, { kind: 'refused' }> {
  if (step.kind === 'refused' && step.signIn !== undefined)
    throw stepUpRefusal(step.signIn.found, step.signIn.asked, `${severity} on ${target.label}`, at);
  if (step.kind === 'refused') {
    const { code, title, hint, field } = step;
    throw problem(409, code, title, field === undefined ? { hint } : { hint, field });
  }
}

export const actorOf = (person: { readonly sub: string; readonly name: string; readonly idt: string }): Actor => ({
  sub: person.sub,
  name: person.name,
  idt: person.idt,
});
