import { describe, expect, it } from 'vitest';
import { closed, noPages, opened, viewed } from './pages.ts';

const subject = (oid: number) => ({ of: 'relation', oid, schema: 'shop', name: `t${oid}` }) as const;
const two = opened(opened(noPages, subject(1), null), subject(2), 'diagram');

describe('pages', () => {
  it('opens each object once, and keeps what was looked at', () => {
    expect(two).toMatchObject({ active: 'page-relation-2', list: [{ view: null }, { view: 'diagram' }] });
    const again = opened(viewed(two, 'page-relation-1', 'keys'), subject(1), null);
    expect(again).toMatchObject({ active: 'page-relation-1', list: [{ view: 'keys' }, {}] });
    expect(opened(again, subject(1), 'diagram').list[0]?.view).toBe('diagram');
  });
  it('tells a function from a table with the same number', () => {
    expect(opened(two, { ...subject(1), of: 'function' }, null).list).toHaveLength(3);
  });
  it('goes to the neighbour when it is closed, and to the queries after the last', () => {
    const one = closed(two, 'page-relation-2');
    expect(one.active).toBe('page-relation-1');
    expect(closed(one, 'page-relation-1')).toEqual(noPages);
    expect(closed({ ...two, active: null }, 'page-relation-1').active).toBeNull();
  });
});
