/** The keys by which clients cancel their own statements: given out at startup, compared in constant time. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Minor } from '../wire/messages.ts';

export class CancelKeys<T> {
  readonly #byPid = new Map<number, { readonly key: Buffer; readonly owner: T }>();

  /** A new key for this backend: 4 bytes in protocol 3.0, which has room for no more, and 32 in 3.2. */
  issue(pid: number, minor: Minor, owner: T): Buffer {
    const key = randomBytes(minor === 2 ? 32 : 4);
    this.#byPid.set(pid, { key, owner });
    return key;
  }

  /** Null for a wrong key; how much of it was right cannot be measured. */
  find(pid: number, key: Buffer): T | null {
    const known = this.#byPid.get(pid);
    if (known === undefined || known.key.length !== key.length) return null;
    return timingSafeEqual(known.key, key) ? known.owner : null;
  }

  /** The server may use the number of a backend again. */
  forget(pid: number, owner: T): void {
    if (this.#byPid.get(pid)?.owner === owner) this.#byPid.delete(pid);
  }
}
