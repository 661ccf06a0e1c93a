/**
 * Prepared statements and portals as the server will know them, in the order of the client's messages. A change made for
 * a message that then fails, or is skipped, is taken back, so an Execute always names the Parse that it really runs, and
 * an EXECUTE is judged as what it really runs. PostgreSQL keeps one set of names for Parse and PREPARE, and one for
 * portals and cursors; neither cares about transactions.
 */
import type { Classified, Deeds, Effect, NameStep, Setting } from '../../../shared/sql/index.ts';

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
/**
 * Takes back what has not come true. Without a number the message was skipped; with one it failed itself, and what the
 * statements of its text from that one on would have done is taken back.
 */
export type Undo = (completed?: number) => void;

/** A client that needs more names than this at once is not one that we serve. */
const MAX_NAMES = 10_000;
/** The server cuts names (`NAMEDATALEN`), of messages byte by byte. Names are bytes here, as latin1. */
const cut = (name: string): string => name.slice(0, 63);
const bytesOf = (identifier: string): string => Buffer.from(identifier).toString('latin1');

export class Names {
  readonly #statements = new Table<Prepared>();
  readonly #portals = new Table<Portal>();

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
    return { undo: this.#statements.change(cut(name), value) };
  }
  setPortal(name: string, value: Portal | null): Undo {
    return this.#portals.change(cut(name), value);
  }
  /** The end of a transaction closes its portals. */
  closePortals(upToCycle: number): void {
    for (const [name, portal] of this.#portals) if (portal.cycle <= upToCycle) this.#portals.delete(name);
  }

  /** What a text does to the names when it is executed. */
  apply(steps: readonly NameStep[]): Undo {
    const undos: { statement: number; undo: Undo }[] = [];
    for (const step of steps) for (const undo of this.#applyOne(step)) undos.push({ statement: step.statement, undo });
    return (completed = 0) => {
      for (const { statement, undo } of undos.toReversed()) if (statement >= completed) undo();
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
    const sum = new Sum(classified);
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
      } else if (step.do === 'execute') sum.add(step, find(name));
      else if (step.do === 'fetch' && this.portal(name) !== null) sum.effect('portal', step);
    }
    return sum.classified();
  }
}

/** A text and what it executes by name. Linear, whatever is executed how often. */
class Sum {
  readonly #of: Classified;
  readonly #effects: Effect[];
  readonly #settings: Setting[];
  readonly #functions: Set<string>;
  readonly #tables: Set<string>;
  /** Deeds that are in it. Once is enough to refuse them, and to name the first place. */
  readonly #added = new Set<Deeds>();
  #writes: boolean;
  #dangerous: Classified['dangerous'];

  constructor(classified: Classified) {
    this.#of = classified;
    this.#effects = [...classified.effects];
    this.#settings = [...classified.settings];
    this.#functions = new Set(classified.functions);
    this.#tables = new Set(classified.tables);
    this.#writes = classified.writes;
    this.#dangerous = classified.dangerous;
  }

  effect(kind: 'unknown' | 'portal', { name, at }: { readonly name: string; readonly at: number | null }): void {
    this.#effects.push({ kind, what: name, at });
  }
  add(step: { readonly name: string; readonly at: number | null }, deeds: Deeds | null): void {
    if (deeds === null) {
      this.effect('unknown', step);
      return;
    }
    if (this.#added.has(deeds)) return;
    this.#added.add(deeds);
    const { at } = step;
    for (const effect of deeds.effects) this.#effects.push({ ...effect, at });
    for (const setting of deeds.settings) this.#settings.push({ ...setting, at });
    for (const name of deeds.functions) this.#functions.add(name);
    for (const name of deeds.tables) this.#tables.add(name);
    this.#writes ||= deeds.writes;
    this.#dangerous ??= deeds.dangerous;
  }
  classified(): Classified {
    return {
      ...this.#of,
      effects: this.#effects,
      settings: this.#settings,
      functions: [...this.#functions],
      tables: [...this.#tables],
      writes: this.#writes,
      dangerous: this.#dangerous,
    };
  }
}

/** One name, or (null) all but the empty one, which DEALLOCATE and CLOSE do not touch. */
const changed = <T extends object>(table: Table<T>, name: string | null): readonly Undo[] =>
  (name === null ? [...table.keys()].filter((key) => key !== '') : [cut(bytesOf(name))]).map((key) =>
    table.change(key, null),
  );

class Table<T extends object> extends Map<string, T> {
  /** Changes of the empty name. */
  #turn = 0;
  /** What was replaced before it was known that it had never been there. */
  readonly #never = new WeakSet<T>();

  /**
   * The empty name is replaced again and again, also behind a Sync whose cycle has not been answered (`unsettled.ts` has
   * others wait). There a change that did not come true is not taken back, and one whose message failed itself leaves
   * nothing: the server drops what is there before it looks at what is new.
   */
  change(name: string, value: T | null): Undo {
    const before = this.get(name);
    const turn = name === '' ? ++this.#turn : 0;
    this.#put(name, value ?? undefined);
    return (failed) => {
      if (name !== '') this.#put(name, before);
      else if (turn !== this.#turn) {
        if (value !== null) this.#never.add(value);
      } else {
        this.#turn--;
        this.#put(name, failed === undefined && before !== undefined && !this.#never.has(before) ? before : undefined);
      }
    };
  }

  #put(name: string, value: T | undefined): void {
    if (value === undefined) this.delete(name);
    else this.set(name, value);
  }
}
