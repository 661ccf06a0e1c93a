/** Questions at the terminal: one line, a choice, a passphrase that is not shown. Ctrl+C stops, as everywhere. */
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { Fault } from '../../shared/errors.ts';
import type { Choice } from './questions.ts';
import { type Stop, Stopped } from './stop.ts';
import { plain } from './words.ts';

export interface Prompts {
  /** Resolves with what was typed, without the end of the line. Rejects with `Stopped`. */
  line(question: string, signal?: AbortSignal): Promise<string>;
  /** The same, shown nowhere and kept in no history. */
  hidden(question: string): Promise<string>;
}

/** `input` and `output` belong to one terminal. */
export function openPrompts(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, stop: Stop): Prompts {
  const ask = async (question: string, hidden: boolean, signal?: AbortSignal): Promise<string> => {
    if (stop.asked.aborted) throw new Stopped();
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input, output: hidden ? nowhere : output, terminal: true, historySize: 0 });
    // Only now: what is typed after the question is not shown by the terminal itself any more.
    if (hidden) output.write(question);
    const over = Promise.withResolvers<never>();
    over.promise.catch(() => undefined);
    const closed = (): void => over.reject(new Stopped());
    // In raw mode Ctrl+C is a key, and the end of the input (Ctrl+D) is as good as one.
    lines.on('SIGINT', closed);
    lines.on('close', closed);
    const signals = signal === undefined ? [stop.asked] : [stop.asked, signal];
    try {
      const typed = lines.question(hidden ? '' : question, { signal: AbortSignal.any(signals) });
      const answer = await Promise.race([typed, over.promise]);
      if (hidden) output.write('\n');
      return answer;
    } catch (error) {
      // What comes next begins on a line of its own.
      output.write('\n');
      if (signal?.aborted === true && !stop.asked.aborted) throw error;
      if (!stop.asked.aborted) stop.ask();
      throw new Stopped();
    } finally {
      lines.off('close', closed);
      lines.close();
    }
  };
  return {
    line: (question, signal) => ask(question, false, signal),
    hidden: (question) => ask(question, true),
  };
}

/** A small list with numbers; a number, an id or Enter (for the first) chooses. Null: what was typed is none of them. */
export function choose(typed: string, choices: readonly Choice[]): string | null {
  const text = typed.trim();
  if (text === '') return choices[0]?.id ?? null;
  const byNumber = /^\d+$/.test(text) ? choices[Number(text) - 1] : undefined;
  return (choices.find((one) => one.id.toLowerCase() === text.toLowerCase()) ?? byNumber)?.id ?? null;
}

export function listOf(choices: readonly Choice[]): string {
  const width = Math.max(...choices.map((one) => one.id.length));
  return choices.map((one, at) => `  ${at + 1}  ${one.id.padEnd(width)}  ${plain(one.words)}`).join('\n');
}

/** Longest line that is read as a passphrase, characters. */
const LONGEST = 1024;

/** The first line of an input that is not a terminal. Throws a Fault `no_passphrase`. */
export async function firstLine(input: Readable): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n') || text.length > LONGEST) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line === '' || line.length > LONGEST) {
    throw new Fault(
      'no_passphrase',
      line === '' ? 'The input ended before a passphrase came.' : `The first line of the input is too long.`,
      'Write the passphrase, and the end of a line, to the input of the command.',
    );
  }
  return line;
}
