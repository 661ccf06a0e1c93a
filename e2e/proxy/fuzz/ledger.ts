/**
 * A log in memory that judges while it records: a permit is used at most once and only when its intent is durable, an
 * intent has one outcome, nothing follows a close. It can fail, and be slow, as a disk can. (I2, I6)
 */
import type {
  AuditLog,
  IntentFacts,
  NoticeFacts,
  OutcomeFacts,
  Permit,
  SessionFacts,
  SessionLog,
} from '../../../main/audit/index.ts';
import { Fault } from '../../../shared/errors.ts';

export interface Recorded {
  readonly id: string;
  readonly facts: IntentFacts;
  readonly pid: number;
  durable: boolean;
  used: boolean;
  readonly outcomes: OutcomeFacts[];
}

export class Ledger implements AuditLog {
  readonly intents = new Map<string, Recorded>();
  readonly notices: NoticeFacts[] = [];
  /** What was done against the rules; empty when all is well. */
  readonly violations: string[] = [];
  /** Permits in the order of their use, for whoever watches the wire; taken off there. */
  readonly used: Recorded[] = [];
  opened = 0;
  closed = 0;
  /** The disk has failed: every record is refused while this is set. */
  failing = false;
  /** How long a sync takes, in turns of the event loop. */
  readonly #latency: () => number;

  constructor(latency: () => number) {
    this.#latency = latency;
  }

  ack() {
    return { size: 0, root: '' };
  }

  async openSession({ target }: SessionFacts): Promise<SessionLog> {
    await this.#sync();
    this.opened++;
    const began = performance.now();
    let over = false;
    const live = (): void => {
      if (this.failing) throw diskFull();
      if (over) throw new Fault('session_closed', 'This connection is closed.', null);
    };
    const permitAll = async (facts: readonly IntentFacts[]): Promise<Permit[]> => {
      live();
      const recorded = facts.map((one) => this.#record(one, target.pid));
      await this.#sync();
      live();
      for (const one of recorded) one.durable = true;
      return recorded.map((one) => ({
        intent: one.id,
        use: () => {
          live();
          if (one.used) this.violations.push(`the permit of ${one.facts.op} was used twice`);
          if (!one.durable) this.violations.push(`the permit of ${one.facts.op} was used before it was durable`);
          one.used = true;
          this.used.push(one);
        },
      }));
    };
    return {
      sid: `${this.opened}`,
      async permit(facts) {
        const [permit] = await permitAll([facts]);
        if (permit === undefined) throw new Error('one intent, one permit');
        return permit;
      },
      permitAll,
      outcome: (facts) => {
        live();
        const intent = this.intents.get(facts.of);
        if (intent === undefined) this.violations.push('an outcome without an intent');
        else if (intent.outcomes.push(facts) > 1) this.violations.push(`two outcomes of one ${intent.facts.op}`);
      },
      notice: (facts) => {
        live();
        this.notices.push(facts);
      },
      settle: () => this.#sync(),
      close: async () => {
        if (over) return;
        over = true;
        await this.#sync();
        // As the log does: what never left is said not to have. What did leave is for the relay to account for.
        for (const { pid, used, outcomes, id } of this.intents.values())
          if (pid === target.pid && !used && outcomes.length === 0) outcomes.push(notSent(id));
        this.closed++;
        if (this.failing) throw diskFull();
      },
      elapsed: () => performance.now() - began,
    };
  }

  state(): ReturnType<AuditLog['state']> {
    return { recorded: this.intents.size, in_ledger: 0, index: null, waiting: null };
  }
  onState(): () => void {
    return () => {};
  }
  fault(): null {
    return null;
  }
  indexOf(): null {
    return null;
  }
  async drained(): Promise<void> {}
  async close(): Promise<void> {}

  #record(facts: IntentFacts, pid: number): Recorded {
    const id = facts.id ?? `made-${this.intents.size}`;
    if (this.intents.has(id)) this.violations.push('two intents with one id');
    const recorded: Recorded = { id, facts, pid, durable: false, used: false, outcomes: [] };
    this.intents.set(id, recorded);
    return recorded;
  }
  async #sync(): Promise<void> {
    for (let turns = this.#latency(); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }
}

const diskFull = (): Fault => new Fault('log_failed', 'The log disk is full.', 'Free some space.');
const notSent = (of: string): OutcomeFacts => ({
  of,
  result: 'not_sent',
  sqlstate: null,
  tag: null,
  rows: 0,
  bytes: 0,
  start: null,
  end: null,
});
