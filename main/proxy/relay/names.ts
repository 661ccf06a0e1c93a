/**
 * Prepared statements and portals as the server will know them, in the order of the client's messages. A change made for
 * a message that then fails, or is skipped, is taken back, so an Execute always names the Parse that it really runs.
 */
import type { Classified } from '../../../shared/sql/index.ts';

export interface Prepared {
  /** Intent of the Parse. */
  readonly intent: string;
  readonly text: string;
  readonly classified: Classified;
}
export interface Portal {
  /** Null where the statement was prepared in SQL, or not at all. */
  readonly prepared: Prepared | null;
  readonly parameters: readonly (string | null)[];
  readonly cycle: number;
}
export type Undo = () => void;

/** A client that needs more names than this at once is not one that we serve. */
const MAX_NAMES = 10_000;

export class Names {
  readonly #statements = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();

  get full(): boolean {
    return this.#statements.size >= MAX_NAMES || this.#portals.size >= MAX_NAMES;
  }
  statement(name: string): Prepared | null {
    return this.#statements.get(name) ?? null;
  }
  portal(name: string): Portal | null {
    return this.#portals.get(name) ?? null;
  }
  setStatement(name: string, value: Prepared | null): Undo {
    return change(this.#statements, name, value);
  }
  setPortal(name: string, value: Portal | null): Undo {
    return change(this.#portals, name, value);
  }
  /** The end of a transaction closes its portals. */
  closePortals(upToCycle: number): void {
    for (const [name, portal] of this.#portals) if (portal.cycle <= upToCycle) this.#portals.delete(name);
  }
}

function change<T>(map: Map<string, T>, name: string, value: T | null): Undo {
  const before = map.get(name);
  const put = (wanted: T | null | undefined): void => {
    if (wanted === null || wanted === undefined) map.delete(name);
    else map.set(name, wanted);
  };
  put(value);
  return () => put(before);
}
