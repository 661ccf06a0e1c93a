/**
 * Prepared statements and portals as the server will know them, in the order of the client's messages. A change made for
 * a message that then fails, or is skipped, is taken back, so an Execute always names the Parse that it really runs, and
 * an EXECUTE is judged as what it really runs. PostgreSQL keeps one set of names for Parse and PREPARE, and one for
 * portals and cursors; neither cares about transactions.
 */
import type { Classified, Deeds, NameStep } from '../../../shared/sql/index.ts';

/** Made by a Parse message. */
export interface Parsed {
  readonly by: 'parse';
  /** Intent of the Parse. */
  readonly intent: string;
  readonly text: string;
  readonly deeds: Classified;
}
/** Made by PREPARE in SQL. */
export interface InSql {
  readonly by: 'sql';
  readonly deeds: Deeds;
}
export type Prepared = Parsed | InSql;
export interface Portal {
  readonly prepared: Parsed;
  readonly parameters: readonly (string | null)[];
  readonly cycle: number;
}
/** Takes back what has not come true; with a number, what the statements of the text from that one on would have done. */
export type Undo = (completed?: number) => void;

/** A client that needs more names than this at once is not one that we serve. */
const MAX_NAMES = 10_000;
/** The server cuts names (`NAMEDATALEN`), of messages byte by byte. Names are bytes here, as latin1. */
const cut = (name: string): string => name.slice(0, 63);
const bytesOf = (identifier: string): string => Buffer.from(identifier).toString('latin1');

export class Names {
  readonly #statements = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();

  get full(): boolean {
    return this.#statements.size >= MAX_NAMES || this.#portals.size >= MAX_NAMES;
  }
  statement(name: string): Prepared | null {
    return this.#statements.get(cut(name)) ?? null;
  }
  portal(name: string): Portal | null {
    return this.#portals.get(cut(name)) ?? null;
  }
  /** The server refuses a name that is taken, unless it is the empty one: then the one that has it keeps it. */
  setStatement(name: string, value: Prepared | null): { undo: Undo; done?: () => void } {
    if (value !== null && name !== '' && this.#statements.has(cut(name)))
      return { undo() {}, done: () => this.#statements.set(cut(name), value) };
    return { undo: change(this.#statements, cut(name), value) };
  }
  setPortal(name: string, value: Portal | null): Undo {
    return change(this.#portals, cut(name), value);
  }
  /** The end of a transaction closes its portals. */
  closePortals(upToCycle: number): void {
    for (const [name, portal] of this.#portals) if (portal.cycle <= upToCycle) this.#portals.delete(name);
  }

  /** What a text does to the names when it is executed. */
  apply(steps: readonly NameStep[]): Undo {
    const undos: { statement: number; undo: Undo }[] = [];
    for (const step of steps)
      for (const undo of this.#applyOne(step)) undos.unshift({ statement: step.statement, undo });
    return (completed = 0) => {
      for (const { statement, undo } of undos) if (statement >= completed) undo();
    };
  }

  #applyOne(step: NameStep): readonly Undo[] {
    switch (step.do) {
      case 'prepare':
        return [this.setStatement(bytesOf(step.name), { by: 'sql', deeds: step.deeds }).undo];
      case 'deallocate':
        return changed(this.#statements, step.name);
      case 'close':
        return changed(this.#portals, step.name);
      default:
        return [];
    }
  }

  /**
   * What a text really does: the deeds of what its EXECUTEs run are added to its own, `unknown` where that is not known,
   * `portal` where it fetches from what a Bind has made.
   */
  resolve(classified: Classified): Classified {
    if (!classified.names.some((step) => step.do === 'execute' || step.do === 'fetch')) return classified;
    let resolved = classified;
    // What the text itself does to the names on its way; null: deallocated.
    const own = new Map<string, Deeds | null>();
    let forgotten = false;
    const find = (name: string): Deeds | null => {
      const mine = own.get(cut(name));
      if (mine !== undefined) return mine;
      return forgotten ? null : (this.statement(name)?.deeds ?? null);
    };
    for (const step of classified.names) {
      const name = bytesOf(step.name ?? '');
      if (step.do === 'prepare') {
        // A name that is taken keeps what it has: the PREPARE will fail.
        if (find(name) === null) own.set(cut(name), step.deeds);
      } else if (step.do === 'deallocate') {
        if (step.name !== null) own.set(cut(name), null);
        else {
          own.clear();
          forgotten = true;
        }
      } else if (step.do === 'execute') {
        const deeds = find(name);
        resolved = deeds === null ? withEffect(resolved, 'unknown', step) : withDeeds(resolved, deeds, step.at);
      } else if (step.do === 'fetch' && this.portal(name) !== null) resolved = withEffect(resolved, 'portal', step);
    }
    return resolved;
  }
}

const withEffect = (
  classified: Classified,
  kind: 'unknown' | 'portal',
  step: { readonly name: string; readonly at: number | null },
): Classified => ({ ...classified, effects: [...classified.effects, { kind, what: step.name, at: step.at }] });

const withDeeds = (classified: Classified, deeds: Deeds, at: number | null): Classified => ({
  ...classified,
  effects: [...classified.effects, ...deeds.effects.map((effect) => ({ ...effect, at }))],
  settings: [...classified.settings, ...deeds.settings.map((setting) => ({ ...setting, at }))],
  functions: [...new Set([...classified.functions, ...deeds.functions])],
  tables: [...new Set([...classified.tables, ...deeds.tables])],
  writes: classified.writes || deeds.writes,
  dangerous: classified.dangerous ?? deeds.dangerous,
});

/** One name, or (null) all but the empty one, which DEALLOCATE and CLOSE do not touch. */
const changed = <T>(map: Map<string, T>, name: string | null): readonly Undo[] =>
  (name === null ? [...map.keys()].filter((key) => key !== '') : [cut(bytesOf(name))]).map((key) =>
    change(map, key, null),
  );

function change<T>(map: Map<string, T>, name: string, value: T | null): Undo {
  const before = map.get(name);
  const put = (wanted: T | null | undefined): void => {
    if (wanted === null || wanted === undefined) map.delete(name);
    else map.set(name, wanted);
  };
  put(value);
  return () => put(before);
}
