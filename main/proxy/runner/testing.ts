/** For tests only: a runner on a rig, with everything that it told the window. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ResultState, resultState, type TransactionMode } from '../../../shared/ipc.ts';
import { systemClock } from '../../clock.ts';
import { limits, openRig, type Rig, type RigOptions, type World } from '../testing.ts';
import type { ConnectionState } from './connection.ts';
import type { Runner } from './contract.ts';
import { openRunner } from './runner.ts';

export interface Desk {
  readonly rig: Rig;
  readonly runner: Runner;
  /** Last state of each result. */
  readonly states: Map<string, ResultState>;
  /** Every status of each result, in order, without repetition. */
  readonly statuses: Map<string, ResultState['status'][]>;
  readonly connections: ConnectionState[];
  /** Runs and waits for the last result. */
  run(text: string, confirmed?: boolean): Promise<ResultState[]>;
  /** Runs without waiting; answers with the ids. */
  start(text: string, confirmed?: boolean): Promise<readonly string[]>;
  ended(id: string): Promise<ResultState>;
  cells(result: ResultState | undefined): Promise<(string | null)[][]>;
  close(): Promise<void>;
}
export interface DeskOptions extends RigOptions {
  readonly runnerMode?: TransactionMode;
  readonly statementTimeoutMs?: () => number | null;
  readonly keepRows?: () => number;
  readonly confirmsWrites?: () => boolean;
}
const finished = new Set<ResultState['status']>(['done', 'error', 'cancelled', 'unknown', 'not_sent']);

export async function openDesk(world: World, options: DeskOptions = {}): Promise<Desk> {
  const rig = await openRig(world, options);
  const states: Desk['states'] = new Map();
  const statuses: Desk['statuses'] = new Map();
  const connections: ConnectionState[] = [];
  const runner = openRunner({
    relay: rig.relay,
    limits: { ...limits, ...options.limits },
    clock: systemClock,
    mode: options.runnerMode ?? 'auto',
    ...(options.keepRows === undefined ? {} : { keepRows: options.keepRows }),
    statementTimeoutMs: options.statementTimeoutMs ?? (() => null),
    confirmsWrites: options.confirmsWrites ?? (() => false),
    onResult(state) {
      expect(resultState.safeParse(state).error).toBeUndefined();
      states.set(state.id, state);
      const before = statuses.get(state.id) ?? [];
      if (before.at(-1) !== state.status) statuses.set(state.id, [...before, state.status]);
    },
    onConnection: (state) => connections.push(state),
  });
  const start = async (text: string, confirmed = false): Promise<readonly string[]> => {
    const answer = await runner.run({ tab: 't', text, confirmed });
    if (answer.kind !== 'started') throw new Error(`asked to confirm: ${answer.title}`);
    return answer.results;
  };
  const ended = async (id: string): Promise<ResultState> => {
    for (;;) {
      const state = states.get(id);
      if (state !== undefined && finished.has(state.status)) return state;
      await sleep(5);
    }
  };
  return {
    rig,
    runner,
    states,
    statuses,
    connections,
    start,
    ended,
    async run(text, confirmed = false) {
      const results: ResultState[] = [];
      for (const id of await start(text, confirmed)) results.push(await ended(id));
      return results;
    },
    cells: async (result) =>
      result === undefined ? [] : runner.results.rows({ result: result.id, offset: 0, count: 2000 }),
    async close() {
      await runner.dispose();
      await rig.close();
    },
  };
}
