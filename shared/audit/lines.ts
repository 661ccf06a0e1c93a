/** Lines of a byte stream, one at a time, whatever the size of the chunks. */
import { concat, fromUtf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';

const NEWLINE = 10;

/**
 * Yields each line without its newline. Throws a Fault on bytes that are not UTF-8, on a line longer than `maxBytes`, and
 * when the last line has no newline: then the stream was cut off.
 */
export async function* linesOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string, void> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, at);
      if (bytes + rest.length > maxBytes) throw tooLong(maxBytes);
      yield decode(held.length === 0 ? rest : concat(...held, rest));
      held = [];
      bytes = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      held.push(chunk.subarray(from));
      bytes += chunk.length - from;
      if (bytes > maxBytes) throw tooLong(maxBytes);
    }
  }
  if (bytes > 0) throw new Fault('line_cut', 'The last line has no end: the text was cut off.');
}

function decode(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw new Fault('not_utf8', 'A line is not UTF-8 text.', null, { cause });
  }
}

const tooLong = (maxBytes: number): Fault => new Fault('line_too_long', `A line is longer than ${maxBytes} bytes.`);
