/**
 * Names of statements and portals whose last change the server has not confirmed. A pipeline may go on behind a Sync
 * before the cycle in front of it is answered; should that one fail, the server knows such a name otherwise than the plan
 * does: an Execute would be recorded as something that it does not run, an EXECUTE judged as something that it is not. So
 * whatever uses or changes one waits for the server's word. Within a cycle nobody has to: when a message fails, the server
 * skips what uses its name. Nor has who replaces the empty name, as most do in every cycle. (I4, I6)
 */
import type { Classified, NameStep } from '../../../shared/sql/index.ts';
import { front } from '../wire/messages.ts';
import type { Names } from './names.ts';

/** Confirmed names are forgotten when there are so many. */
const MANY = 1000;
/** The server tells names apart by so many bytes. */
const NAME_BYTES = 63;

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

export class Unsettled {
  readonly #names: Names;
  /** The cycle that changed a name last: `S` or `P` and the name. */
  readonly #changed = new Map<string, number>();
  /** The last cycle in which SQL may have changed any of them, and in which a message changed a named statement. */
  #bySql = -1;
  #byName = -1;
  /** The last two cycles of which something was sent. */
  #sent: readonly [before: number, last: number] = [-1, -1];
  #settled = -1;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Whether this message of this cycle has to wait. */
  waits({ type, body }: Message, cycle: number): boolean {
    const [before, last] = this.#sent;
    const earlier = last < cycle ? last : before;
    if (earlier <= this.#settled) return false;
    const touched = namesIn(type, body);
    if (touched.length > 0 && this.#open(this.#bySql, cycle)) return true;
    // Whatever ends a transaction closes its portals.
    if (touched.some(({ kind, name }) => kind === 'P' && name !== '') && this.#open(earlier, cycle)) return true;
    const openName = ({ kind, name }: Touched): boolean => this.#open(this.#changed.get(kind + name) ?? -1, cycle);
    if (touched.some((one) => (one.uses || one.name !== '') && openName(one))) return true;
    return (this.#open(this.#bySql, cycle) || this.#open(this.#byName, cycle)) && this.#execute(type, body);
  }

  /** This message of this cycle will be sent. `runs`: what it executes, if anything. */
  planned({ type, body }: Message, cycle: number, runs: Pick<Classified, 'kind' | 'names'> | null): void {
    if (cycle !== this.#sent[1]) this.#sent = [this.#sent[1], cycle];
    for (const { kind, name, uses } of namesIn(type, body)) {
      if (uses) continue;
      this.#changed.set(kind + name, cycle);
      if (kind === 'S' && name !== '') this.#byName = cycle;
    }
    if (runs !== null && changesNames(runs)) this.#bySql = cycle;
  }

  /** The server has answered this cycle to its end, or nothing of it was sent. */
  settled(cycle: number): void {
    this.#settled = Math.max(this.#settled, cycle);
    if (this.#changed.size < MANY) return;
    for (const [name, by] of this.#changed) if (by <= this.#settled) this.#changed.delete(name);
  }

  /** Whether that cycle came before this one, and has not been answered. */
  #open(by: number, cycle: number): boolean {
    return by > this.#settled && by < cycle;
  }

  /** Whether its SQL may execute a statement by name. A text that only says the word waits for nothing, at worst. */
  #execute(type: number, body: Buffer): boolean {
    return type === front.execute
      ? (this.#names.portal(first(body))?.prepared.deeds.names.some(uses) ?? false)
      : hasText(type) && /execute|fetch|move/i.test(latin1(body));
  }
}

const uses = (step: NameStep): boolean => step.do === 'execute' || step.do === 'fetch';
/** What could not be read may do anything. */
const changesNames = ({ kind, names }: Pick<Classified, 'kind' | 'names'>): boolean =>
  kind === 'unparsed' || names.some((step) => !uses(step));
const hasText = (type: number): boolean => type === front.query || type === front.parse;

interface Touched {
  readonly kind: string;
  readonly name: string;
  /** It is used, not changed. */
  readonly uses: boolean;
}
function namesIn(type: number, body: Buffer): readonly Touched[] {
  switch (type) {
    case front.parse:
      return [changes('S', first(body))];
    case front.bind:
      return [changes('P', first(body)), used('S', first(body.subarray(body.indexOf(0) + 1)))];
    case front.execute:
      return [used('P', first(body))];
    case front.close:
      return [changes(latin1(body.subarray(0, 1)), first(body.subarray(1)))];
    case front.query:
      return [changes('S', ''), changes('P', '')];
    default:
      return [];
  }
}
const changes = (kind: string, name: string): Touched => ({ kind, name: name.slice(0, NAME_BYTES), uses: false });
const used = (kind: string, name: string): Touched => ({ kind, name: name.slice(0, NAME_BYTES), uses: true });
const latin1 = (bytes: Buffer): string => bytes.toString('latin1');
const first = (body: Buffer): string => body.toString('latin1', 0, Math.max(0, body.indexOf(0)));
