import { describe, expect, it } from 'vitest';
import { explainOf } from './explain.ts';

const plan = { analyze: false, version: 18 };
const run = { analyze: true, version: 18 };

describe('what asks for a plan', () => {
  it('puts EXPLAIN before the statement alone, and says where the statement stands', () => {
    const found = explainOf('-- why so slow?\nselect 1; ', plan);
    expect(found).toMatchObject({ text: 'explain (format json, verbose, settings, costs) select 1', writes: false });
    if (typeof found === 'string') throw new Error(found);
    expect(found.text.slice(found.at)).toBe('select 1');
  });
  it('runs it only with ANALYZE, and then measures', () => {
    expect(explainOf('table shop.orders', run)).toMatchObject({
      text: 'explain (format json, verbose, settings, costs, analyze, buffers, wal, timing) table shop.orders',
      effects: [],
    });
  });
  it.each([
    ["update shop.orders set status = 'x'", ['UPDATE'], true, 'update_all'],
    ['with d as (delete from t where id = 1 returning *) select * from d', ['DELETE'], true, undefined],
    ['create table t as select 1', ['CREATE TABLE AS'], true, undefined],
    ["select nextval('s')", ['nextval()'], true, undefined],
    ['select * from t for update', ['SELECT FOR UPDATE'], false, undefined],
  ])('knows what %s would do', (text, effects, writes, danger) => {
    const found = explainOf(text, run);
    if (typeof found === 'string') throw new Error(found);
    expect(found).toMatchObject({ effects, writes });
    expect(found.danger?.code).toBe(danger);
  });
  it.each([
    ['', 'nothing'],
    ['-- only a remark', 'nothing'],
    ['select 1; select 2', 'several'],
    ['explain select 1', 'explain'],
    ['vacuum shop.orders', 'utility'],
    ['create index concurrently on shop.orders (status)', 'utility'],
    ['commit', 'utility'],
  ])('has no plan for: %s', (text, why) => {
    expect(explainOf(text, plan)).toBe(why);
    expect(explainOf(text, run)).toBe(why);
  });
  it('plans a statement with parameters for any values, where the server can, and never runs it', () => {
    const text = 'select * from t where id = $1';
    expect(explainOf(text, plan)).toMatchObject({ text: expect.stringContaining('generic_plan') });
    expect(explainOf(text, { analyze: false, version: 15 })).toBe('parameters');
    expect(explainOf(text, run)).toBe('parameters');
  });
  it('asks the server about what it cannot read', () => {
    expect(explainOf('select from where', plan)).toMatchObject({
      text: expect.stringMatching(/\) select from where$/),
    });
  });
});
