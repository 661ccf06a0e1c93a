import { describe, expect, it } from 'vitest';
import { at, bounds, everything, press, wholeColumn, wholeRow } from './selection.ts';
import { drawn, widthFor } from './text.ts';
import { PAGE, pageFor, RowWindow } from './window.ts';

const size = { rows: 1000, columns: 5, page: 20 };
const key = (name: string, more: { ctrl?: boolean; shift?: boolean } = {}) => ({
  key: name,
  ctrl: false,
  shift: false,
  ...more,
});

describe('the selection', () => {
  it('moves with the arrows and stops at the edges', () => {
    expect(press(at(0, 0), key('ArrowUp'), size)).toEqual(at(0, 0));
    expect(press(at(0, 0), key('ArrowRight'), size)).toEqual(at(0, 1));
    expect(press(at(999, 4), key('PageDown'), size)).toEqual(at(999, 4));
    expect(press(at(5, 2), key('End', { ctrl: true }), size)).toEqual(at(999, 4));
    expect(press(at(5, 2), key('Home'), size)).toEqual(at(5, 0));
  });
  it('grows from its anchor with Shift', () => {
    const grown = press(at(5, 2), key('ArrowDown', { shift: true }), size);
    expect(grown && bounds(grown)).toEqual({ top: 5, bottom: 6, left: 2, right: 2 });
  });
  it('takes rows, columns and everything', () => {
    expect(bounds(wholeRow(3, 5))).toEqual({ top: 3, bottom: 3, left: 0, right: 4 });
    expect(bounds(wholeColumn(2, 1000))).toEqual({ top: 0, bottom: 999, left: 2, right: 2 });
    expect(press(at(1, 1), key('a', { ctrl: true }), size)).toEqual(everything(size));
    expect(press(at(1, 1), key('x'), size)).toBeNull();
  });
});

describe('cells as text', () => {
  it('shows control characters instead of obeying them, and never draws all of a huge cell', () => {
    expect(drawn('a\nb\u0000')).toBe('a␊b␀');
    expect(drawn('x'.repeat(1_000_000)).length).toBeLessThan(500);
    expect(drawn('<b>')).toBe('<b>');
  });
  it('keeps columns between narrow and wide', () => {
    const column = { name: 'x', type: 'text', align: 'left' as const };
    expect(widthFor(column, ['1'])).toBe(64);
    expect(widthFor(column, ['x'.repeat(1000)])).toBe(340);
  });
});

describe('the window of rows', () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const source = () => {
    const asked: [number, number][] = [];
    const fetch = async (offset: number, count: number) => {
      asked.push([offset, count]);
      return { rows: Array.from({ length: count }, (_, i) => [String(offset + i)]), numbers: null };
    };
    return { asked, fetch };
  };
  it('asks for the pages in view, once', async () => {
    const { asked, fetch } = source();
    const window = new RowWindow(fetch, () => {});
    window.stored = 1_000_000;
    window.want(150, 250);
    window.want(150, 250);
    await settle();
    window.want(150, 250);
    await settle();
    expect(asked).toEqual([
      [0, PAGE],
      [PAGE, PAGE],
    ]);
    expect(window.row(249)).toEqual(['249']);
    expect(window.row(500)).toBeUndefined();
  });
  it('forgets what was scrolled past before it was asked for', async () => {
    const { asked, fetch } = source();
    const window = new RowWindow(fetch, () => {});
    window.stored = 1_000_000;
    for (let top = 0; top < 900_000; top += 10_000) window.want(top, top + 40);
    await settle();
    expect(asked.length).toBeLessThan(8);
    expect(window.row(890_000)).toEqual(['890000']);
  });
  it('reads a page again that was cut short while the result still grew', async () => {
    const { asked, fetch } = source();
    const window = new RowWindow(fetch, () => {});
    window.stored = 10;
    window.want(0, 40);
    await settle();
    window.stored = 60;
    window.want(0, 40);
    await settle();
    expect(asked).toEqual([
      [0, 10],
      [0, 60],
    ]);
  });
  it('does not go on asking for ever when a fetch fails', async () => {
    let asked = 0;
    const window = new RowWindow(
      async () => {
        asked++;
        return null;
      },
      () => {},
    );
    window.stored = 100;
    window.want(0, 40);
    await settle();
    expect(asked).toBe(1);
  });
  it('asks for fewer rows at once where they are wide, and for the rest of an answer that came short', async () => {
    expect([pageFor(1), pageFor(20), pageFor(1600)]).toEqual([PAGE, PAGE, 12]);
    const asked: [number, number][] = [];
    const window = new RowWindow(
      async (offset, count) => {
        asked.push([offset, count]);
        return { rows: Array.from({ length: Math.min(5, count) }, (_, i) => [String(offset + i)]), numbers: null };
      },
      () => {},
      { page: 12 },
    );
    window.stored = 1000;
    window.want(12, 24);
    await settle();
    expect(asked).toEqual([
      [12, 12],
      [17, 7],
      [22, 2],
    ]);
    expect(window.row(23)).toEqual(['23']);
  });
});
