import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { Deliveries } from './delivery.ts';

const place = { segment: 1, at: 0, length: 10 };

describe('what was delivered whole', () => {
  it('is forgotten after a thousand more sessions, and counted all the same', () => {
    const deliveries = new Deliveries(systemClock, () => {});
    for (let i = 0; i < 3000; i++) {
      const sid = `session ${i}`;
      deliveries.add(sid, place, `intent ${i}`);
      deliveries.add(sid, place, null);
      deliveries.receipt(deliveries.session(sid), 1, 2 * i + 1, 2);
      deliveries.finish(deliveries.session(sid));
    }
    expect(deliveries.sessions.size).toBe(1000);
    expect(deliveries.indexOf('intent 2999')).toBe(5998);
    expect(deliveries.indexOf('intent 10')).toBeNull();
    expect([deliveries.recorded, deliveries.receipted, deliveries.index]).toEqual([6000, 6000, 5999]);
    expect(deliveries.drained).toBe(true);
  });
});
