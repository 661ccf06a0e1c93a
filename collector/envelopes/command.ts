/**
 * `vitrine-collector envelope respond CHALLENGE`: the approver's side of an opening, for the day when no page answers. Reads
 * the opening key from the terminal, or from a pipe; it never is an argument, which everybody on the machine could read.
 */
import { hkdfSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Hkdf, readWords, respond } from '../../shared/envelope.ts';
import type { Answer } from '../policy/commands.ts';

const hkdf: Hkdf = async (secret, info, length) => new Uint8Array(hkdfSync('sha256', secret, '', info, length));

export async function envelopeRespond(
  challenge: string,
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  words: Pick<NodeJS.WritableStream, 'write'>,
): Promise<Answer> {
  if (input.isTTY === true) words.write('Opening key: ');
  const answer = await respond(await firstLine(input), challenge, hkdf);
  switch (answer.kind) {
    case 'code':
      return { code: 0, text: answer.code };
    case 'other_key':
      return { code: 1, text: 'This challenge is of another envelope. Look for its own opening key.' };
    case 'mistyped':
      return { code: 1, text: readWords(answer.read, answer.what === 'key' ? 'opening key' : 'challenge') };
  }
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
