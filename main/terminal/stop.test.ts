import { describe, expect, it } from 'vitest';
import { Stop, Stopped } from './stop.ts';

const at = (): { stop: Stop; pass(ms: number): void } => {
  let now = 0;
  return {
    stop: new Stop(() => now),
    pass(ms) {
      now += ms;
    },
  };
};

describe('asking to stop', () => {
  it('ends in order once, and at once the second time', () => {
    const { stop, pass } = at();
    stop.interrupt();
    expect([stop.asked.aborted, stop.again.aborted]).toEqual([true, false]);
    pass(800);
    stop.interrupt();
    expect(stop.again.aborted).toBe(true);
  });

  it('takes one Ctrl+C that arrives twice for one', () => {
    const { stop, pass } = at();
    stop.interrupt();
    pass(40);
    stop.interrupt();
    expect(stop.again.aborted).toBe(false);
  });

  it('never ends at once because the system repeats itself', () => {
    const { stop, pass } = at();
    stop.terminate();
    pass(5000);
    stop.terminate();
    expect([stop.asked.aborted, stop.again.aborted]).toEqual([true, false]);
  });

  it('leaves Ctrl+C to a command, and passes on the end', () => {
    const { stop } = at();
    const heard: string[] = [];
    stop.leaveTo({ interrupt: () => heard.push('interrupt'), terminate: () => heard.push('terminate') });
    stop.interrupt();
    expect(stop.asked.aborted).toBe(false);
    stop.terminate();
    expect(heard).toEqual(['interrupt', 'terminate']);
    expect(stop.asked.aborted).toBe(true);
  });

  it('gives up waiting for work the moment it is asked', async () => {
    const { stop } = at();
    const work = stop.race(new Promise(() => undefined));
    stop.ask();
    await expect(work).rejects.toBeInstanceOf(Stopped);
    await expect(stop.race(Promise.resolve(1))).rejects.toBeInstanceOf(Stopped);
  });
});
