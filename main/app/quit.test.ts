import { describe, expect, it } from 'vitest';
import { askOnce } from './quit.ts';

const asking = (mustAsk: () => boolean) => {
  let asked = 0;
  return { ...askOnce(mustAsk, () => asked++), asked: () => asked };
};

describe('quitting while something would be lost by it', () => {
  it('is asked about, and goes on when the answer is yes', () => {
    const quit = asking(() => true);
    expect(quit.hold()).toBe(true);
    quit.answer(true);
    expect(quit.hold()).toBe(false);
    expect(quit.asked()).toBe(1);
  });
  it('is asked about again after somebody has stayed', () => {
    const quit = asking(() => true);
    expect(quit.hold()).toBe(true);
    quit.answer(false);
    expect(quit.hold()).toBe(true);
    expect(quit.asked()).toBe(2);
  });
  it('is not held a second time by a page that does not answer', () => {
    const quit = asking(() => true);
    expect([quit.hold(), quit.hold(), quit.hold()]).toEqual([true, false, false]);
    expect(quit.asked()).toBe(1);
  });
  it('is not asked about when there is nothing to lose', () => {
    const quit = asking(() => false);
    expect(quit.hold()).toBe(false);
    expect(quit.asked()).toBe(0);
  });
});
