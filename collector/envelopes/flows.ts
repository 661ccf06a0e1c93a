/** What people, devices and time do to envelopes: each act one step of the machine, with its records in one transaction. (I4, I6) */
import type { Transaction } from 'kysely';
import type { CollectorDeps } from '../deps.ts';
import { Conflict } from '../grants/store.ts';
import { type ProblemError, problem } from '../server/problem.ts';
import type { Database } from '../store/index.ts';
import { type Envelope, type EnvelopeEvent, next, type Step } from './machine.ts';
import { load, update } from './store.ts';

const MOST_CONFLICTS = 20;

export interface EnvelopeFlows {
  now(): number;
  /** Applies an event to the newest state, again when somebody else was faster. Throws 404, and 409 when it is refused. */
  move(
    id: string,
    event: EnvelopeEvent,
    more?: { readonly jws?: string; readonly sealed?: string },
  ): Promise<{ envelope: Envelope; moved: boolean }>;
}

export const refusal = ({ code, title, hint }: Extract<Step, { kind: 'refused' }>): ProblemError =>
  problem(409, code, title, { hint });

/** Runs `attempt` again while somebody else is faster. */
export async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Conflict) || tries >= MOST_CONFLICTS) throw error;
    }
  }
}

export function openEnvelopeFlows({
  store,
  ledger,
  now,
}: Pick<CollectorDeps, 'store' | 'ledger' | 'now'>): EnvelopeFlows {
  const clock = (): number => now().getTime();
  return {
    now: clock,
    move: (id, event, more = {}) =>
      insist(async () => {
        const { envelope, version } = await load(store, id);
        const step = next(envelope, event);
        if (step.kind === 'same') return { envelope, moved: false };
        if (step.kind === 'refused') throw refusal(step);
        const write = (tx: Transaction<Database>) => update(tx, step.envelope, version, clock(), more);
        if (step.records.length === 0) await store.transaction().execute(write);
        else await ledger.append(step.records, write);
        return { envelope: step.envelope, moved: true };
      }),
  };
}
