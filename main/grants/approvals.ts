/**
 * What waits for an approver who is signed in here: followed at the collector for as long as they are, whatever the glass
 * does, and answered from here. It decides nothing: the collector counts approvals and refuses what does not count. (I6)
 */
import type { Person, RequestList, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import { type ApprovalsState, type ApproveWish, type DenyWish, MOST_SHOWN } from '../../shared/ipc-approve.ts';
import type { Collector } from '../collector/index.ts';
import { type ApprovalQuestion, approvalQuestion } from './approval-question.ts';
import { userErrorOf } from './view.ts';

export interface ApprovalsParts {
  readonly collector: () => Pick<Collector, 'requests' | 'approve' | 'deny'>;
  /** Makes the call, once more after a new sign-in where the collector asks for one. */
  readonly steppedUp: <T>(call: () => Promise<T>) => Promise<T>;
  /** Asks in a dialog of the system: a page that was taken over lets nobody in. (I7) */
  readonly confirm: (question: ApprovalQuestion) => Promise<boolean>;
  /** Null: nobody is signed in who approves. */
  readonly onChange: (state: ApprovalsState | null) => void;
  readonly onDefect: (error: unknown) => void;
}

/** After a failure, ms. */
const RETRY = 2000;
/** Between two questions, so that a collector that answers at once is not flooded; and for one that does not wait. */
const BREATH = 200;
const POLL = 3000;

export class Approvals {
  readonly #parts: ApprovalsParts;
  #state: ApprovalsState | null = null;
  #following: AbortController | null = null;

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
  }

  state(): ApprovalsState | null {
    return this.#state;
  }

  /** From now on, for somebody who approves; nothing for anybody else. */
  follow(person: Person): void {
    this.stop();
    if (!person.roles.includes('approver')) return;
    const following = new AbortController();
    this.#following = following;
    this.#show({ me: person.sub, waiting: null, count: 0, problem: null });
    this.#ask(following.signal).catch(this.#parts.onDefect);
  }

  stop(): void {
    this.#following?.abort();
    this.#following = null;
    if (this.#state !== null) this.#show(null);
  }

  /** Also rejects with `not_confirmed`, and with `not_waiting` for what is not known here. */
  async approve(wish: ApproveWish): Promise<RequestView> {
    this.#approver();
    const { id, ...given } = wish;
    const known = this.#state?.waiting?.find((one) => one.id === id);
    if (known === undefined)
      throw new Fault('not_waiting', 'This request no longer waits for an answer.', 'Nothing was approved.');
    if (!(await this.#parts.confirm(approvalQuestion(known, wish))))
      throw new Fault('not_confirmed', 'Nothing was approved.', 'What you chose is kept.');
    const collector = this.#parts.collector();
    return this.#answered(await this.#parts.steppedUp(() => collector.approve(id, given)));
  }

  async deny({ id, note }: DenyWish): Promise<RequestView> {
    this.#approver();
    const collector = this.#parts.collector();
    return this.#answered(await this.#parts.steppedUp(() => collector.deny(id, note)));
  }

  async #ask(signal: AbortSignal): Promise<void> {
    let seen: string | null = null;
    while (!signal.aborted) {
      let pause = BREATH;
      try {
        const list: RequestList = await this.#parts.collector().requests(seen, signal);
        if (signal.aborted) return;
        seen = list.revision ?? null;
        if (seen === null) pause = POLL;
        this.#heard(list.requests);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Fault)) this.#parts.onDefect(error);
        // Asked without `seen`: answered at once, so that the window hears soon that the collector is back.
        seen = null;
        pause = RETRY;
        if (this.#state !== null) this.#show({ ...this.#state, problem: userErrorOf(error) });
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #heard(requests: readonly RequestView[]): void {
    if (this.#state === null) return;
    const waiting = requests
      .filter(({ state }) => state === 'requested')
      .sort((a, b) => Date.parse(a.lapses_at) - Date.parse(b.lapses_at));
    this.#show({ ...this.#state, waiting: waiting.slice(0, MOST_SHOWN), count: waiting.length, problem: null });
  }

  /** The list shows the answer before the collector is asked again. */
  #answered(request: RequestView): RequestView {
    const before = this.#state?.waiting;
    if (this.#state === null || before === null || before === undefined) return request;
    const known = before.filter(({ id }) => id !== request.id);
    const waiting =
      request.state === 'requested' ? before.map((one) => (one.id === request.id ? request : one)) : known;
    this.#show({ ...this.#state, waiting, count: this.#state.count - before.length + waiting.length });
    return request;
  }

  #approver(): void {
    if (this.#state === null)
      throw new Fault('not_now', 'Nobody is signed in here who approves requests.', 'Sign in as an approver.');
  }

  #show(state: ApprovalsState | null): void {
    this.#state = state;
    this.#parts.onChange(state);
  }
}
