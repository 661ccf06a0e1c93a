/** What is said to all tabs, outside the results: bounded, and kept until somebody has read it. */
import type { Message } from '../../../shared/ipc.ts';

const MOST = 20;
/** Notifications come from others and can come in floods: fewer of them are kept. */
const MOST_NOTIFICATIONS = 8;
const LONGEST = 500;

export type Saying = Pick<Message, 'kind' | 'text'> & Partial<Pick<Message, 'detail' | 'action'>>;

export class Messages {
  #all: readonly Message[] = [];
  #last = 0;
  readonly #wall: () => number;
  constructor(wall: () => number) {
    this.#wall = wall;
  }

  get all(): readonly Message[] {
    return this.#all;
  }
  /** Answers with the id. */
  say({ kind, text, detail = null, action = null }: Saying): number {
    const id = ++this.#last;
    const at = new Date(this.#wall()).toISOString();
    const said: Message = { id, at, kind, text: clip(text), detail: detail === null ? null : clip(detail), action };
    const before = kind === 'ok' ? this.#all.filter((one) => one.kind !== 'ok') : this.#all;
    this.#all = bounded([...before, said]);
    return id;
  }
  dismiss(id: number): void {
    this.#all = this.#all.filter((one) => one.id !== id);
  }
  /** There is a new connection: none has to be offered any more. */
  connected(): void {
    this.#all = this.#all.map((one) => (one.action === 'reconnect' ? { ...one, action: null } : one));
  }
  /** Something new begins: what only confirmed the last thing goes. */
  next(): boolean {
    const kept = this.#all.filter(({ kind }) => kind !== 'ok');
    const changed = kept.length < this.#all.length;
    this.#all = kept;
    return changed;
  }
}

function bounded(all: readonly Message[]): readonly Message[] {
  const extra = all.filter(({ kind }) => kind === 'notify').length - MOST_NOTIFICATIONS;
  const oldest = extra > 0 ? all.find(({ kind }) => kind === 'notify') : undefined;
  return all.filter((one) => one !== oldest).slice(-MOST);
}

const clip = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
