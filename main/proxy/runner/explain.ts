/**
 * Plans of statements. ANALYZE runs the statement, and what a function in it does nobody can see beforehand: so it always
 * runs in a transaction of its own that is rolled back, or behind a savepoint of the person's. The plan is kept in memory
 * only: it may hold values of rows. (I8)
 */
import { Fault } from '../../../shared/errors.ts';
import type { Mode } from '../../../shared/grants.ts';
import type { ResultState } from '../../../shared/ipc.ts';
import { type ExplainAnswer, type ExplainWish, MOST_OF_A_PLAN } from '../../../shared/ipc-explain.ts';
import { type Explained, explainOf } from '../../../shared/sql/index.ts';
import { readRow } from './cells.ts';
import type { OwnAnswer, UserConnection } from './connection.ts';
import type { WholeSink } from './result.ts';
import { ConnectionLost } from './wire-client.ts';
import { inReadGrant, noPlan, undoneFirst } from './words.ts';

type Undone = Extract<ExplainAnswer, { kind: 'plan' }>['undone'];
type Question = Extract<ExplainAnswer, { kind: 'confirm' }>;

/** The statement to send, or what is asked before. Throws a Fault where there is no plan to be had. Pure. */
export function planned(
  { text, analyze, confirmed }: Pick<ExplainWish, 'text' | 'analyze' | 'confirmed'>,
  around: { readonly version: number; readonly mode: Mode | null },
): Explained | Question {
  const explained = explainOf(text, { analyze, version: around.version });
  if (typeof explained === 'string') throw noPlan(explained);
  const { effects, writes, danger } = explained;
  if (!analyze || (!writes && effects.length === 0)) return explained;
  if (around.mode === 'read') throw inReadGrant(effects);
  return confirmed ? explained : { kind: 'confirm', ...undoneFirst(effects, danger) };
}

/** Where the lines of a plan come together. */
export class PlanText implements WholeSink {
  readonly limit = 0;
  readonly full = false;
  rows = 0;
  bytes = 0;
  readonly #lines: string[] = [];

  drained(): Promise<void> {
    return Promise.resolve();
  }
  add(row: Buffer): boolean {
    if (this.bytes + row.length > MOST_OF_A_PLAN) return false;
    this.rows++;
    this.bytes += row.length;
    this.#lines.push(readRow(row)[0] ?? '');
    return true;
  }
  get text(): string {
    return this.#lines.join('\n');
  }
}

const SAVEPOINT = 'vitrine_explain';

/** What is around an ANALYZE: begun before it, undone after it, whatever became of it. */
export class Unit {
  readonly #connection: Pick<UserConnection, 'run' | 'tx' | 'giveUp'>;
  #undo: Undone = 'nothing';

  constructor(connection: Pick<UserConnection, 'run' | 'tx' | 'giveUp'>) {
    this.#connection = connection;
  }

  get undone(): Undone {
    return this.#undo;
  }

  /** The server's words against it, or null. Rejects with {@link ConnectionLost}. */
  async begin(): Promise<OwnAnswer> {
    const inside = this.#connection.tx !== 'idle';
    const failure = await this.#connection.run(inside ? `savepoint ${SAVEPOINT}` : 'begin');
    if (failure === null) this.#undo = inside ? 'savepoint' : 'transaction';
    return failure;
  }

  /** Nothing of it is kept when this resolves. A connection that cannot undo it is given up: the server then undoes it. */
  async undo(): Promise<void> {
    if (this.#undo === 'nothing') return;
    const texts =
      this.#undo === 'transaction'
        ? ['rollback']
        : [`rollback to savepoint ${SAVEPOINT}`, `release savepoint ${SAVEPOINT}`];
    try {
      for (const text of texts) if ((await this.#connection.run(text)) !== null) return this.#connection.giveUp();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }
}

/** What the window is told of an EXPLAIN that has ended. */
export function answerOf(
  state: ResultState,
  plan: PlanText,
  asked: { readonly analyze: boolean; readonly writes: boolean; readonly undone: Undone; readonly ms: number },
): ExplainAnswer {
  const { status, error, notices, cap, intent, ledger_index } = state;
  const record = { result: state.id, intent, ledger_index };
  if (status === 'done' && cap !== null)
    return {
      kind: 'failed',
      status: 'error',
      code: 'plan_too_long',
      message: 'The plan is longer than what can be shown here.',
      detail: asked.analyze ? 'What the statement did was rolled back.' : null,
      hint: 'Read it with psql, or explain a part of the statement.',
      position: null,
      record,
    };
  if (status === 'done') return { kind: 'plan', json: plan.text, notices, record, ...asked };
  const failed = status === 'cancelled' || status === 'unknown' || status === 'not_sent' ? status : 'error';
  const { code, message, detail, hint, position } = error ?? {
    code: failed,
    message: failed === 'cancelled' ? 'Cancelled.' : 'It was not sent.',
    detail: null,
    hint: null,
    position: null,
  };
  const undone = asked.undone === 'nothing' || failed === 'not_sent' ? null : 'What the statement did was rolled back.';
  return {
    kind: 'failed',
    status: failed,
    code,
    message,
    detail: [detail, undone].filter(Boolean).join(' ') || null,
    hint,
    position,
    record,
  };
}

/** Of `18.1 (Debian 18.1-1)`; the oldest that is supported where it is not known. */
export const majorOf = (version: string | null): number => Number.parseInt(version ?? '', 10) || 14;

/** One at a time for each tab. */
export class Explaining {
  readonly #tabs = new Map<string, string>();

  /** Throws a Fault while something is explained for the tab. */
  async one<T>(tab: string, id: string, work: () => Promise<T>): Promise<T> {
    if (this.#tabs.has(tab))
      throw new Fault(
        'explain_runs',
        'Something is being explained in this tab already.',
        'Wait for it, or cancel it.',
      );
    this.#tabs.set(tab, id);
    try {
      return await work();
    } finally {
      this.#tabs.delete(tab);
    }
  }
  idOf(tab: string): string | null {
    return this.#tabs.get(tab) ?? null;
  }
}
