/** One statement's result as it grows: its state for the window, pushed at most twenty times a second, and its rows. */
import { Fault } from '../../../shared/errors.ts';
import type { Cap, Column, ResultState } from '../../../shared/ipc.ts';
import { utf16OfCodePoint } from '../../../shared/sql/index.ts';
import type { Fields } from '../wire/messages.ts';
import { readClipped } from './cells.ts';
import { Reading } from './reading/index.ts';
import type { RowSink, RowStore } from './store.ts';
import { alignOf, builtinName } from './types.ts';
import type { Field } from './wire-client.ts';

const PUSH_MS = 50;
/** Somebody waits for the first rows; by then more than one has come. */
const FIRST_ROWS_MS = 5;
/** From so many statements on, what is only a moment is not shown of each. */
const MANY = 10;
/** What a window shows of a script that prints a lot. */
const MAX_NOTICES = 500;
/** A number of 32 bits on the wire. */
const MOST_ASKED = 0x7fff_ffff;
/** Characters that one answer to the window holds at most: a wide result is read in smaller windows. */
const WINDOW_CHARACTERS = 4_000_000;

/** Takes all rows of a statement instead of the store: an export. */
export interface WholeSink extends RowSink {
  /** Rows that it wants from the server; 0: all. */
  readonly limit: number;
}

/** Where a result is cut: the smaller of what the grant allows and the person wants, and which of the two that is. */
export interface Caps {
  readonly rows: number;
  readonly rowsBy: Extract<Cap, 'grant_rows' | 'own_rows'>;
  readonly bytes: number;
}

/** A result as an export sees it. */
export interface ResultSource {
  readonly text: string;
  readonly fields: readonly Field[];
  /** Rows that are kept, and whether they are all that there are. */
  readonly rows: number;
  readonly complete: boolean;
  readonly repeatable: boolean;
  readonly intent: string | null;
  /** The kept rows in order; ends early when they are wiped meanwhile. */
  all(): AsyncGenerator<readonly Buffer[]>;
}

export type State = { -readonly [K in keyof ResultState]: ResultState[K] };

export class LiveResult {
  readonly state: State;
  readonly caps: Caps;
  readonly #sink: WholeSink | null;
  readonly #newStore: () => RowStore;
  /** Made for the first row: a script of ten thousand statements has few. */
  #store: RowStore | null = null;
  #reading: Reading | null = null;
  fields: readonly Field[] = [];
  /** The transaction that it ran in, and its place in it; null where it was committed by itself. */
  ranIn: { readonly n: number; readonly statement: number } | null = null;
  readonly #asked: number;
  #turn: number;
  #timer: NodeJS.Timeout | null = null;
  readonly #push: (state: ResultState) => void;
  readonly #now: () => number;

  constructor(
    facts: Pick<ResultState, 'id' | 'tab' | 'text' | 'offset' | 'n' | 'of'>,
    rows: { readonly store: () => RowStore; readonly caps: Caps; readonly sink?: WholeSink },
    /** When the user asked, on the clock of `now`. */
    asked: number,
    now: () => number,
    push: (state: ResultState) => void,
  ) {
    this.#newStore = rows.store;
    this.caps = rows.caps;
    this.#sink = rows.sink ?? null;
    this.#now = now;
    this.#push = push;
    this.#asked = asked;
    this.#turn = asked;
    this.state = {
      ...facts,
      status: 'waiting',
      columns: [],
      rows: 0,
      stored: 0,
      cap: null,
      repeatable: false,
      let_go: false,
      tag: null,
      notices: [],
      error: null,
      queued_ms: null,
      waited_ms: null,
      first_row_ms: null,
      done_ms: null,
      cancel_ms: null,
      fate: null,
      intent: null,
      ledger_index: null,
    };
  }

  get id(): string {
    return this.state.id;
  }
  /** Of its own time: {@link turn} begins it. */
  since(): number {
    return this.#now() - this.#turn;
  }
  sinceAsked(): number {
    return this.#now() - this.#asked;
  }
  /** The statement before it has ended; what it took is not this one's waiting. */
  turn(): void {
    if (this.state.n > 1) this.#turn = this.#now();
  }
  get store(): RowStore {
    this.#store ??= this.#newStore();
    return this.#store;
  }
  /** Encrypted bytes of it that are on the disk. */
  get onDisk(): number {
    return this.#store?.onDisk ?? 0;
  }

  describe(fields: readonly Field[]): void {
    this.fields = fields;
    this.#sink?.describe?.(fields);
    this.state.columns = fields.map(
      ({ name, type, modifier }): Column => ({
        name,
        type: builtinName(type, modifier) ?? `type ${type}`,
        align: alignOf(type),
      }),
    );
  }

  /** Puts the name that the database gives to a type. */
  named(type: number, modifier: number, name: string): void {
    this.state.columns = this.state.columns.map((column, i) => {
      const field = this.fields[i];
      return field?.type === type && field.modifier === modifier ? { ...column, type: name } : column;
    });
    this.now();
  }

  notice(fields: Fields): void {
    this.note(noticeWords(fields));
  }
  /** A remark beside the result, the server's or ours. */
  note(line: string): void {
    const { notices } = this.state;
    if (notices.length < MAX_NOTICES) this.state.notices = [...notices, line];
    else if (notices.length === MAX_NOTICES) this.state.notices = [...notices, 'More notices came and are not shown.'];
    this.soon();
  }

  /** The server's words; the position becomes an offset in the text that was run. */
  failed(fields: Fields): void {
    const position = Number(fields.get('P') ?? 0);
    this.state.error = {
      code: fields.get('C') ?? '',
      message: fields.get('M') ?? '',
      detail: fields.get('D') ?? null,
      hint: fields.get('H') ?? null,
      position: position > 0 ? this.state.offset + utf16OfCodePoint(this.state.text, position - 1) : null,
    };
  }

  /** Where the rows go, for whoever reads the wire. */
  get sink(): RowSink {
    return this.#sink ?? this.store;
  }

  /** One row off the wire; null for one that was too long to be held. False as soon as no more are wanted. */
  row(body: Buffer | null): boolean {
    const { state, sink } = this;
    if (state.first_row_ms === null) this.#tellIn(FIRST_ROWS_MS);
    state.first_row_ms ??= this.since();
    state.rows++;
    if (state.cap === null) {
      state.cap = this.#refused(body);
      state.stored = sink.rows;
    }
    this.soon();
    return state.cap === null;
  }

  /** Rows to ask the server for: one more than is kept, to know whether there are more. 0 is all. */
  get limit(): number {
    return this.#sink?.limit ?? Math.min(this.caps.rows + 1, MOST_ASKED);
  }

  /** The server stopped at that limit. */
  limited(): void {
    if (this.#sink !== null) return;
    this.state.cap ??= this.caps.rowsBy;
    this.state.rows = this.sink.rows;
  }

  /** Why this row is not kept, or null when it is. */
  #refused(body: Buffer | null): Cap | null {
    if (this.#sink !== null) return body !== null && this.#sink.add(body) ? null : 'disk';
    const { store, caps } = this;
    if (store.rows >= caps.rows) return caps.rowsBy;
    if (body === null || store.bytes + body.length > caps.bytes) return 'grant_bytes';
    return store.add(body) ? null : (store.stopped ?? 'room');
  }

  /** At most `count` rows, fewer where they would be too much for one answer. Throws a Fault when they were let go. */
  async window(offset: number, count: number): Promise<(string | null)[][]> {
    const rows: (string | null)[][] = [];
    let characters = 0;
    for (const body of await this.bodies(offset, count)) {
      const row = readClipped(body);
      rows.push(row);
      for (const cell of row) characters += 8 + (cell?.length ?? 0);
      if (characters > WINDOW_CHARACTERS) break;
    }
    return rows;
  }

  /** Bodies of rows, as the wire had them. Throws a Fault when they were let go. */
  async bodies(offset: number, count: number): Promise<Buffer[]> {
    this.#assertKept();
    return (await this.#store?.read(offset, count)) ?? [];
  }

  /** Its rows as a grid reads them: in another order, searched, added up. */
  get reading(): Reading {
    this.#reading ??= new Reading(() => {
      this.#assertKept();
      const { fields, store } = this;
      return {
        fields,
        rows: this.state.stored,
        all: () => store.all(),
        read: (offset, count) => store.read(offset, count),
        pick: (numbers) => store.pick(numbers),
      };
    });
    return this.#reading;
  }

  /** For an export. */
  source(): ResultSource {
    const { text, stored, status, cap, repeatable, intent } = this.state;
    const { fields, store } = this;
    const complete = status === 'done' && cap === null && !this.state.let_go;
    return { text, fields, rows: stored, complete, repeatable, intent, all: () => store.all() };
  }

  #assertKept(): void {
    if (this.state.let_go)
      throw new Fault('result_let_go', 'This result was let go to make room for newer ones.', 'Run it again.');
  }

  /** Gives its room to others and says so. */
  letGo(): void {
    this.#store?.wipe();
    this.#reading?.wipe();
    this.state.let_go = this.state.stored > 0;
    this.state.stored = 0;
    this.now();
  }

  /** A change of its status; in a long script most are over before anybody could see them. */
  told(): void {
    if (this.state.of > MANY) this.soon();
    else this.now();
  }
  soon(): void {
    if (this.#timer === null) this.#tellIn(PUSH_MS);
  }
  #tellIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), ms);
  }
  /** Pushes now; a state that was to be pushed soon is part of it. */
  now(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#push({ ...this.state });
  }
  end(status: ResultState['status']): void {
    this.state.status = status;
    if (status !== 'not_sent') this.state.done_ms = this.since();
    this.now();
  }
  get ended(): boolean {
    return ['done', 'error', 'cancelled', 'unknown', 'not_sent'].includes(this.state.status);
  }
  wipe(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#store?.wipe();
    this.#reading?.wipe();
  }
}

/** As psql prints it. */
export function noticeWords(fields: Fields): string {
  const lines = [`${fields.get('S') ?? 'NOTICE'}: ${fields.get('M') ?? ''}`];
  const [detail, hint] = [fields.get('D'), fields.get('H')];
  if (detail !== undefined) lines.push(`DETAIL: ${detail}`);
  if (hint !== undefined) lines.push(`HINT: ${hint}`);
  return lines.join('\n');
}
