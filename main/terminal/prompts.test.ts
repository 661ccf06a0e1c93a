import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { choose, firstLine, listOf, openPrompts } from './prompts.ts';
import { Stop, Stopped } from './stop.ts';

const atTerminal = () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8');
  });
  const stop = new Stop(() => performance.now());
  return { input, stop, prompts: openPrompts(input, output, stop), shown: () => shown };
};

describe('questions at the terminal', () => {
  it('take one line', async () => {
    const { prompts, input, shown } = atTerminal();
    const answer = prompts.line('Incident: ');
    input.write('INC-4711\r');
    expect(await answer).toBe('INC-4711');
    expect(shown()).toContain('Incident: ');
  });

  it('never show a passphrase (I7)', async () => {
    const { prompts, input, shown } = atTerminal();
    const answer = prompts.hidden('Passphrase: ');
    input.write('correct horse\r');
    expect(await answer).toBe('correct horse');
    expect(shown()).toBe('Passphrase: \n');
  });

  it.each([
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])('stop with %s', async (_key, bytes) => {
    const { prompts, input, stop } = atTerminal();
    const answer = prompts.hidden('Passphrase: ');
    input.write(bytes);
    await expect(answer).rejects.toBeInstanceOf(Stopped);
    expect(stop.asked.aborted).toBe(true);
  });

  it('stop when something else ends the run', async () => {
    const { prompts, stop } = atTerminal();
    const answer = prompts.line('Incident: ');
    stop.terminate();
    await expect(answer).rejects.toBeInstanceOf(Stopped);
  });

  it('offer a short list, by number, id or Enter', () => {
    const choices = [
      { id: 'SEV1', words: 'Customers are affected; 30 min' },
      { id: 'DRILL', words: 'Exercise' },
    ];
    expect(listOf(choices)).toBe('  1  SEV1   Customers are affected; 30 min\n  2  DRILL  Exercise');
    expect(['', '2', 'drill', ' SEV1 ', '3', 'x'].map((typed) => choose(typed, choices))).toEqual([
      'SEV1',
      'DRILL',
      'DRILL',
      'SEV1',
      null,
      null,
    ]);
  });
});

describe('a passphrase on the input', () => {
  it('is its first line', async () => {
    expect(await firstLine(Readable.from(['corr', 'ect horse\r\nrest']))).toBe('correct horse');
    expect(await firstLine(Readable.from(['no end of line']))).toBe('no end of line');
  });
  it.each([
    ['nothing', []],
    ['an empty line', ['\n']],
    ['more than anybody would type', ['x'.repeat(2000)]],
  ])('is refused where there is %s', async (_what, chunks) => {
    await expect(firstLine(Readable.from(chunks))).rejects.toMatchObject({ code: 'no_passphrase' });
  });
});
