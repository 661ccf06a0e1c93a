import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lentClipboard } from './clipboard.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A clipboard that is as slow as the system's may be. */
function systemClipboard() {
  let text = '';
  const later = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
  return {
    now: () => text,
    async readText() {
      await later();
      return text;
    },
    async writeText(value: string) {
      await later();
      text = value;
    },
    clear() {
      text = '';
    },
  };
}
const unheard = (error: unknown): void => {
  throw error;
};
const settled = async (work: Promise<unknown>): Promise<void> => {
  await vi.advanceTimersByTimeAsync(50);
  await work;
};

it('takes a secret back when its time is over (I7)', async () => {
  const clipboard = systemClipboard();
  const lent = lentClipboard(clipboard, 60_000, unheard);
  await settled(lent.lend('secret'));
  await vi.advanceTimersByTimeAsync(59_000);
  expect(clipboard.now()).toBe('secret');
  await vi.advanceTimersByTimeAsync(1100);
  expect(clipboard.now()).toBe('');
});

it('leaves alone what was copied in the meantime', async () => {
  const clipboard = systemClipboard();
  const lent = lentClipboard(clipboard, 60_000, unheard);
  await settled(lent.lend('secret'));
  await settled(clipboard.writeText('a recipe'));
  await settled(lent.takeBack());
  expect(clipboard.now()).toBe('a recipe');
  // It was forgotten: what looks the same later is somebody else's.
  await settled(clipboard.writeText('secret'));
  await settled(lent.takeBack());
  await vi.advanceTimersByTimeAsync(120_000);
  expect(clipboard.now()).toBe('secret');
});

it('counts anew for each secret', async () => {
  const clipboard = systemClipboard();
  const lent = lentClipboard(clipboard, 60_000, unheard);
  await settled(lent.lend('one'));
  await vi.advanceTimersByTimeAsync(50_000);
  await settled(lent.lend('two'));
  await vi.advanceTimersByTimeAsync(50_000);
  expect(clipboard.now()).toBe('two');
  await vi.advanceTimersByTimeAsync(11_000);
  expect(clipboard.now()).toBe('');
});

it('takes back a secret that is still on its way when nobody needs it any more', async () => {
  const clipboard = systemClipboard();
  const lent = lentClipboard(clipboard, 60_000, unheard);
  await settled(Promise.all([lent.lend('secret'), lent.takeBack()]));
  expect(clipboard.now()).toBe('');
});
