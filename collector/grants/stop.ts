/**
 * The kill switch for more than one grant. What is live ends first, at once and side by side, and does not wait for the
 * ledger. Then, in one transaction that holds the ledger, what has not opened yet is closed, whatever became live
 * meanwhile is ended, and the stop's own record is written. Every way to access needs a record, so it comes either before
 * that transaction, and is ended by it, or after it, from a request that somebody made after the stop. (I3, I4)
 */
import type { Transaction } from 'kysely';
import type { StopAnswer } from '../../shared/api-stop.ts';
import type { CollectorDeps } from '../deps.ts';
import type { EnvelopeStop, StoppedEnvelopes } from '../envelopes/index.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';
import { ProblemError, problem } from '../server/problem.ts';
import type { Database } from '../store/index.ts';
import type { Endings } from './ending.ts';
import type { Flows } from './flows.ts';
import { type Actor, type Grant, next } from './machine.ts';
import { LIVE, PENDING, type Reach, reached } from './reach.ts';
import { load, update } from './store.ts';
import type { Waiting } from './waiting.ts';

/** How long the answer waits for roles to go. A target that is down has refused, or let a connection time out, by then. */
const PATIENCE_MS = 4000;

export interface StopCounts {
  /** Live grants whose end this stop began. */
  readonly ended: number;
  /** Requests that it closed. */
  readonly closed: number;
}
/** Runs in the stop's transaction; answers with the stop's own records. May run again after a rollback. */
type Own = (tx: Transaction<Database>, counts: StopCounts) => Promise<readonly NewCollectorRecord[]>;

export type Stop = (reach: Reach, by: Actor, own: Own) => Promise<StopAnswer>;

type StopDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'log'> & {
  readonly flows: Flows;
  readonly endings: Endings;
  readonly waiting: Waiting;
  readonly envelopes: EnvelopeStop;
};

export function openStop({ store, ledger, log, flows, endings, waiting, envelopes }: StopDeps): Stop {
  /** Closes and ends what is left, and writes it down, while nobody else can write. */
  const settle = async (reach: Reach, by: Actor, at: number, before: number, own: Own) => {
    let closed: Grant[] = [];
    let late: Grant[] = [];
    let sealed: StoppedEnvelopes = { envelopes: [], records: [] };
    await ledger.decide(async (tx) => {
      closed = [];
      late = [];
      const records: NewCollectorRecord[] = [];
      for (const { grant, version } of await reached(tx, reach, [...PENDING, 'activating', 'active'], 'lock')) {
        const step = next(grant, { type: 'stop', at, by });
        if (step.kind !== 'moved') continue;
        await update(tx, step.grant, version, at);
        records.push(...step.records);
        (step.grant.phase === 'ending' ? late : closed).push(step.grant);
      }
      // What lies sealed on a device is closed like a request: it has opened nothing yet.
      sealed = await envelopes.withdraw(tx, reach, by, at);
      const counts = { ended: before + late.length, closed: closed.length + sealed.envelopes.length };
      return [...(await own(tx, counts)), ...records, ...sealed.records];
    });
    for (const { id } of [...closed, ...late]) waiting.changed(id);
    return { closed, late, sealed };
  };

  const unrecorded = (error: unknown, ended: number): ProblemError => {
    if (error instanceof ProblemError) return error;
    log.error({ err: error, ended }, 'a stop could not be recorded');
    return problem(503, 'stop_not_recorded', 'The stop could not be written down', {
      detail: `${ended === 1 ? '1 live grant was' : `${ended} live grants were`} ended. What waits to be opened was not closed.`,
      hint: 'Stop again; tell an operator when it stays.',
    });
  };

  return async (reach, by, own) => {
    const at = flows.now();
    const found = (await reached(store, reach, LIVE)).map(({ grant }) => grant.id);
    const going = new Map<string, Promise<void>>();
    const remove = (id: string): void => void going.set(id, endings.remove(id, PATIENCE_MS));
    const moved = await Promise.allSettled(
      found.map(async (id) => {
        const step = await flows.move(id, { type: 'stop', at, by });
        remove(id);
        return step.moved;
      }),
    );
    // What failed here is found again in the transaction, or fails there.
    const before = moved.filter((step) => step.status === 'fulfilled' && step.value).length;
    const { closed, late, sealed } = await settle(reach, by, at, before, own).catch((error: unknown) => {
      throw unrecorded(error, before);
    });
    for (const { id } of late) remove(id);
    await Promise.all([...going.values(), envelopes.clean(sealed)]);
    const grants = await Promise.all([...going.keys()].map(async (id) => (await load(store, id)).grant));
    return answerOf(grants, closed, sealed);
  };
}

function answerOf(grants: readonly Grant[], closed: readonly Grant[], { envelopes }: StoppedEnvelopes): StopAnswer {
  const line = ({ id, by, target }: Grant) => ({ id, by: by.name, target: target.label });
  return {
    ended: grants.flatMap((grant) =>
      typeof grant.end?.goneMs === 'number' ? [{ ...line(grant), gone_ms: grant.end.goneMs }] : [],
    ),
    not_yet: grants.filter(({ phase }) => phase === 'ending').map(line),
    closed: [
      ...closed.map(line),
      ...envelopes.map(({ id, holder, target }) => ({ id, by: holder.name, target: target.label })),
    ],
  };
}
