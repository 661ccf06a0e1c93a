/**
 * Names of statements and portals whose last change the server has not confirmed. A pipeline may go on behind a Sync
 * before the cycle in front of it is answered; should that one fail, the server knows such a name otherwise than the plan
 * does, and an Execute would be recorded as something that it does not run. So whoever uses one waits. Within a cycle
 * nobody has to: when a message fails, the server skips what uses its name.
 */
import { front } from '../wire/messages.ts';

/** Confirmed names are forgotten when there are so many. */
const MANY = 1000;
/** The server tells names apart by so many bytes. */
const NAME_BYTES = 63;
const STATEMENT = 0x53;
const PORTAL = 0x50;

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

export class Unsettled {
  /** The cycle that changed a name last. */
  readonly #changed = new Map<string, number>();
  #settled = -1;

  /** Whether this message of this cycle uses a name that may turn out to be something else. */
  waits({ type, body }: Message, cycle: number): boolean {
    const used =
      type === front.bind ? key(STATEMENT, second(body)) : type === front.execute ? key(PORTAL, first(body)) : null;
    if (used === null) return false;
    const by = this.#changed.get(used);
    return by !== undefined && by > this.#settled && by < cycle;
  }

  /** This message has found its place in this cycle. */
  planned({ type, body }: Message, cycle: number): void {
    if (type === front.parse) this.#changed.set(key(STATEMENT, first(body)), cycle);
    else if (type === front.bind) this.#changed.set(key(PORTAL, first(body)), cycle);
    else if (type === front.close) this.#changed.set(key(body[0] ?? 0, first(body.subarray(1))), cycle);
    else if (type === front.query) for (const what of [STATEMENT, PORTAL]) this.#changed.set(key(what, nothing), cycle);
  }

  /** The server has answered this cycle to its end. */
  settled(cycle: number): void {
    this.#settled = Math.max(this.#settled, cycle);
    if (this.#changed.size < MANY) return;
    for (const [name, by] of this.#changed) if (by <= this.#settled) this.#changed.delete(name);
  }
}

const nothing = Buffer.alloc(0);
const first = (body: Buffer): Buffer => body.subarray(0, Math.max(0, body.indexOf(0)));
const second = (body: Buffer): Buffer => first(body.subarray(body.indexOf(0) + 1));
const key = (what: number, name: Buffer): string =>
  `${String.fromCharCode(what)}${name.toString('latin1', 0, NAME_BYTES)}`;
