import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '../../shared/ipc.ts';
import { Saver, waitFor } from './saver.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ok: Result<null> = { ok: true, value: null };
const refused: Result<null> = { ok: false, error: { code: 'text_not_saved', message: 'full', hint: null } };

function saver(answer: () => Promise<Result<null>> = async () => ok) {
  const sent: string[] = [];
  const failures: (string | null)[] = [];
  const made = new Saver({
    length: () => 10,
    text(id) {
      sent.push(id);
      return answer();
    },
    index() {
      sent.push('index');
      return answer();
    },
    failed: (_answer, id) => failures.push(id),
  });
  return { made, sent, failures };
}

describe('saving', () => {
  it('does not wait for a pause in the typing', async () => {
    const { made, sent } = saver();
    for (let n = 0; n < 10; n++) {
      made.changed('a');
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(new Set(sent)).toEqual(new Set(['a']));
  });
  it('lets what can wait hold up nothing that cannot', async () => {
    const { made, sent } = saver();
    made.changed(null, 500);
    await vi.advanceTimersByTimeAsync(10);
    made.changed(null);
    await vi.advanceTimersByTimeAsync(40);
    expect(sent).toEqual(['index']);
    // Once, not twice.
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual(['index']);
  });
  it('writes the text that was changed and no other', async () => {
    const { made, sent } = saver();
    made.changed('a');
    made.changed(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toEqual(['a', 'index']);
  });
  it('tells a failure, and tries again by itself', async () => {
    const answers = [refused, ok];
    const { made, sent, failures } = saver(async () => answers.shift() ?? ok);
    made.changed('a');
    await vi.advanceTimersByTimeAsync(100);
    expect(failures).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(6000);
    expect(sent).toEqual(['a', 'a']);
  });
  it('sends one at a time, and everything at once when the page goes', async () => {
    const slow = Promise.withResolvers<Result<null>>();
    const { made, sent } = saver(() => slow.promise);
    made.changed('a');
    await vi.advanceTimersByTimeAsync(50);
    made.changed('a');
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toEqual(['a']);
    made.flush();
    expect(sent).toEqual(['a', 'a']);
  });
  it.each([
    [0, 30],
    [1_000_000, 130],
    [60_000_000, 2000],
  ])('waits for a text of %i characters %i ms', (length, ms) => expect(waitFor(length)).toBe(ms));
});
