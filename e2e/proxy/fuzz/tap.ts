/**
 * What the relay writes to the target, looked at in the moment of writing: only whole messages, nothing outside the gate,
 * every statement against a permit that has just been used up, with its own text and its own tag. (I1, I2, I3)
 */
import { untagged } from '../../../shared/evidence/index.ts';
import type { Ledger, Recorded } from './ledger.ts';
import { Cutter, type Frame } from './memory-wire.ts';

const operations: Readonly<Record<string, Recorded['facts']['op']>> = {
  Q: 'query',
  P: 'parse',
  E: 'execute',
  F: 'function',
};
const control = 'BDCSHdcf';

export class Tap {
  /** The intents of the statements on the wire, in order. */
  readonly sent: Recorded[] = [];
  bytes = 0;
  readonly #ledger: Ledger;
  readonly #gateOpen: () => boolean;
  readonly #cutter = new Cutter();
  #startup: Buffer | null = Buffer.alloc(0);
  #admitted = false;
  #saidGoodbye = false;

  constructor(ledger: Ledger, gateOpen: () => boolean) {
    this.#ledger = ledger;
    this.#gateOpen = gateOpen;
  }

  /** The server has said ReadyForQuery: there is nothing more to authenticate. */
  admitted(): void {
    this.#admitted = true;
  }

  written(bytes: Buffer): void {
    this.bytes += bytes.length;
    let rest = bytes;
    if (this.#startup !== null) {
      const held = Buffer.concat([this.#startup, bytes]);
      if (held.length < 4 || held.length < held.readUInt32BE(0)) {
        this.#startup = held;
        return;
      }
      rest = held.subarray(held.readUInt32BE(0));
      this.#startup = null;
    }
    for (const frame of this.#cutter.push(rest)) this.#frame(frame);
    // Control messages may be on their way in parts; a gate that is closed stops those too.
    if (!this.#gateOpen() && this.#cutter.midMessage) this.#wrong('part of a message outside the gate');
    if (this.#cutter.broken) this.#wrong('a message of impossible length');
  }

  #frame({ type, body }: Frame): void {
    if (this.#saidGoodbye) this.#wrong(`'${type}' after the goodbye`);
    if (type === 'X') {
      this.#saidGoodbye = true;
      return;
    }
    if (type === 'p' && !this.#admitted) return;
    if (!this.#admitted) this.#wrong(`'${type}' before the server was ready`);
    if (!this.#gateOpen()) this.#wrong(`'${type}' outside the gate`);
    const op = operations[type];
    if (op === undefined) {
      if (!control.includes(type)) this.#wrong(`'${type}' is not a message for a server`);
      return;
    }
    const permit = this.#ledger.used.shift();
    if (permit === undefined) {
      this.#wrong(`${op} without a permit`);
      return;
    }
    this.sent.push(permit);
    if (permit.facts.op !== op) this.#wrong(`${op} against the permit of ${permit.facts.op}`);
    if (op !== 'query' && op !== 'parse') return;
    const start = op === 'query' ? 0 : body.indexOf(0) + 1;
    const tagged = untagged(body.subarray(start, body.indexOf(0, start)).toString());
    if (tagged === null) this.#wrong(`${op} without a tag`);
    else if (tagged.intent !== permit.id) this.#wrong(`${op} with the tag of another intent`);
    else if (tagged.text !== permit.facts.text) this.#wrong(`${op} with another text than was recorded`);
  }

  #wrong(what: string): void {
    this.#ledger.violations.push(`on the wire: ${what}`);
  }
}
