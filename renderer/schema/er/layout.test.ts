import { describe, expect, it } from 'vitest';
import type { Neighbours } from '../../../shared/ipc-schema.ts';
import { cardinality, drawn, edgeWords, towards } from './layout.ts';

const table = (oid: number, name: string, columns = 1): Neighbours['tables'][number] => ({
  oid,
  schema: 'shop',
  name,
  readable: 'all',
  columns: Array.from({ length: columns }, (_, n) => ({ name: `key_${n}`, type: 'bigint', pk: n === 0, fk: n > 0 })),
});
const edge = (from: number, to: number, part: Partial<Neighbours['edges'][number]> = {}) => ({
  name: `${from}_${to}`,
  from,
  to,
  columns: ['order_id'],
  unique: false,
  optional: false,
  ...part,
});
const shop: Neighbours = {
  tables: [table(1, 'orders', 2), table(2, 'customers'), table(3, 'lines', 3), table(4, 'payments', 2)],
  edges: [
    edge(1, 2),
    edge(3, 1),
    edge(4, 1),
    edge(4, 1, { name: 'again' }),
    edge(1, 1, { name: 'self', optional: true }),
  ],
  cut: false,
};

describe('the drawing of a neighbourhood', () => {
  const { boxes, lines, width, height } = drawn(shop);
  it('puts every box inside, and none on another', () => {
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
      for (const other of boxes)
        if (other !== box)
          expect(
            box.x + box.width <= other.x ||
              other.x + other.width <= box.x ||
              box.y + box.height <= other.y ||
              other.y + other.height <= box.y,
          ).toBe(true);
    }
  });
  it('draws every key, also two between the same tables and one to itself', () => {
    expect(lines.map(({ points }) => points.length > 1)).toEqual([true, true, true, true, true]);
  });
  it('lets lines end at the sides of their boxes, never two in one place', () => {
    const ends = lines.slice(0, 4).flatMap(({ points }) => [points[0], points.at(-1)]);
    expect(new Set(ends.map((end) => `${end?.x} ${end?.y}`)).size).toBe(8);
    for (const end of ends) expect(boxes.some((box) => end?.x === box.x || end?.x === box.x + box.width)).toBe(true);
  });
  it('goes to the nearest box in a direction, and nowhere where there is none', () => {
    const [orders, customers, rows, payments] = boxes;
    if (orders === undefined || rows === undefined) throw new Error('no boxes');
    expect(towards(boxes, orders, 'ArrowRight')).toBe(customers);
    expect([rows, payments]).toContain(towards(boxes, orders, 'ArrowLeft'));
    expect(towards(boxes, rows, 'ArrowLeft')).toBeNull();
    expect(towards(boxes, rows, rows.y < (payments?.y ?? 0) ? 'ArrowDown' : 'ArrowUp')).toBe(payments);
  });
  it('says how many rows belong together', () => {
    expect(cardinality(edge(1, 2))).toEqual(['many', '1']);
    expect(cardinality(edge(1, 2, { unique: true, optional: true }))).toEqual(['0..1', '0..1']);
    expect(edgeWords(edge(3, 1, { optional: true }), (oid) => `t${oid}`)).toBe(
      't3 (order_id) refers to at most one row of t1; any number of rows of t3 for each',
    );
  });
});
