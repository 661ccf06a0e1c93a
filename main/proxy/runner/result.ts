/** One statement's result as it grows: its state for the window, pushed at most twenty times a second, and its rows. */
import { randomBytes } from 'node:crypto';
import type { Column, ResultState } from '../../../shared/ipc.ts';
import { utf16OfCodePoint } from '../../../shared/sql/index.ts';
import type { Fields } from '../wire/messages.ts';
import { RowStore } from './store.ts';
import { alignOf, builtinName } from './types.ts';
import { type Field, readRow } from './wire-client.ts';

const PUSH_MS = 50;
/** What a window shows of a script that prints a lot. */
const MAX_NOTICES = 500;

export type State = { -readonly [K in keyof ResultState]: ResultState[K] };

export class LiveResult {
  readonly state: State;
  readonly store = new RowStore();
  readonly asked: number;
  fields: readonly Field[] = [];
  #timer: NodeJS.Timeout | null = null;
  readonly #push: (state: ResultState) => void;
  readonly #now: () => number;

  constructor(
    facts: { tab: string; text: string; offset: number },
    now: () => number,
    push: (state: ResultState) => void,
  ) {
    this.#now = now;
    this.#push = push;
    this.asked = now();
    this.state = {
      id: randomBytes(16).toString('base64url'),
      ...facts,
      status: 'waiting',
      columns: [],
      rows: 0,
      stored: 0,
      capped: false,
      tag: null,
      notices: [],
      error: null,
      waited_ms: null,
      first_row_ms: null,
      done_ms: null,
      intent: null,
      ledger_index: null,
    };
  }

  get id(): string {
    return this.state.id;
  }
  since(): number {
    return this.#now() - this.asked;
  }

  describe(fields: readonly Field[]): void {
    this.fields = fields;
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
    const { notices } = this.state;
    const line = `${fields.get('S') ?? 'NOTICE'}: ${fields.get('M') ?? ''}`;
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

  window(offset: number, count: number): (string | null)[][] {
    return this.store.read(offset, count).map(readRow);
  }

  soon(): void {
    this.#timer ??= setTimeout(() => this.now(), PUSH_MS);
  }
  /** Pushes now; a state that was to be pushed soon is part of it. */
  now(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#push({ ...this.state });
  }
  end(status: ResultState['status']): void {
    this.state.status = status;
    this.state.done_ms = this.since();
    this.now();
  }
  get ended(): boolean {
    return ['done', 'error', 'cancelled', 'unknown', 'not_sent'].includes(this.state.status);
  }
  wipe(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.store.wipe();
  }
}
