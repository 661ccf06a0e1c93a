/**
 * The two outputs. Words for the person go to the standard error; the standard output belongs to `--json`, or to the
 * command that runs. On a terminal one line at the bottom is drawn again in place: the countdown.
 */
import type { UserError } from '../../shared/ipc.ts';
import type { Urgency } from '../../shared/urgency.ts';
import { lineOf, type TerminalEvent } from './events.ts';
import { clipped, plain } from './words.ts';

/** The parts of a stream that are used. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done?: () => void): boolean;
  on(event: 'error', listener: () => void): unknown;
}
export interface VoiceOptions {
  readonly words: Output;
  readonly data: Output;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Nobody reads the events any more. */
  readonly onReaderGone: () => void;
}

const COLOUR: Readonly<Record<Urgency | 'dim' | 'bold', string>> = {
  live: '36',
  warning: '33',
  closing: '31;1',
  dim: '2',
  bold: '1',
};
const CLEAR = '\r\u001b[2K';

export class Voice {
  /** Words go to a terminal that can redraw a line. */
  readonly terminal: boolean;
  readonly json: boolean;
  readonly #words: Output;
  readonly #data: Output;
  readonly #colour: boolean;
  #status: { readonly text: string; readonly urgency: Urgency } | null = null;
  #quiet = false;

  constructor({ words, data, json, env, onReaderGone }: VoiceOptions) {
    this.#words = words;
    this.#data = data;
    this.json = json;
    this.terminal = words.isTTY === true && env.TERM !== 'dumb';
    this.#colour = this.terminal && (env.NO_COLOR ?? '') === '';
    // A terminal that was closed takes no more words; the work goes on to its end all the same.
    words.on('error', () => undefined);
    data.on('error', () => {
      if (json) onReaderGone();
    });
  }

  /** One or more lines for the person. Text from outside must have gone through `plain`. */
  say(text: string): void {
    this.#words.write(`${this.#status === null || this.#quiet ? '' : CLEAR}${text}\n`);
    this.#draw();
  }

  event(event: TerminalEvent): void {
    if (this.json) this.#data.write(lineOf(event));
  }

  /** An error in words: what happened, a line for each thing, and what to do. */
  tell({ message, hint }: UserError): void {
    for (const line of message.split('\n')) this.say(plain(line));
    if (hint !== null) this.say(this.paint('dim', plain(hint)));
  }

  /** The line that is drawn in place; null takes it away. Nothing where the words go to a file. */
  status(text: string | null, urgency: Urgency = 'live'): void {
    if (!this.terminal || (text === this.#status?.text && urgency === this.#status.urgency)) return;
    const had = this.#status !== null;
    this.#status = text === null ? null : { text, urgency };
    if (text === null && had && !this.#quiet) this.#words.write(CLEAR);
    this.#draw();
  }

  /** While a command has the terminal, nothing is drawn on it; lines are still said. */
  quiet(quiet: boolean): void {
    if (quiet) this.status(null);
    this.#quiet = quiet;
  }

  paint(colour: Urgency | 'dim' | 'bold', text: string): string {
    return this.#colour ? `\u001b[${COLOUR[colour]}m${text}\u001b[0m` : text;
  }

  /** Resolves when everything that was said has left this process. */
  async flushed(): Promise<void> {
    const gone = (output: Output): Promise<void> =>
      new Promise((resolve) => {
        output.on('error', resolve);
        output.write('', () => resolve());
      });
    await Promise.all([gone(this.#words), gone(this.#data)]);
  }

  #draw(): void {
    if (this.#status === null || this.#quiet) return;
    const { text, urgency } = this.#status;
    // A terminal that does not know its width says 0.
    const line = clipped(text, (this.#words.columns || 80) - 1);
    const at = line.indexOf(' ');
    const [time, rest] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at)];
    this.#words.write(`${CLEAR}${this.paint(urgency, time)}${this.paint('dim', rest)}`);
  }
}
