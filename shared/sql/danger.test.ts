import { describe, expect, it } from 'vitest';
import { classify } from './index.ts';

describe('a dangerous shape', () => {
  it.each([
    ['update t set a = 1', 'update_all'],
    ['update t set a = 1 where true', 'update_all'],
    ['update t set a = 1 where 1 = 1', 'update_all'],
    ["update t set a = 1 where 'a' = 'a' and (true or b = 2)", 'update_all'],
    ['update t set a = 1 where id = id', 'update_all'],
    ['update t set a = 1 where not false', 'update_all'],
    ["update t set a = 1 where 't'::boolean", 'update_all'],
    ['update t set a = 1 from u where u.id = 5', 'update_all'],
    ['update t set a = 1 from u, v where u.id = v.id', 'update_all'],
    ['update t o set a = 1 from t i where i.id = 5', 'update_all'],
    ['update t set a = 1 where exists (select from u where u.id = 5)', 'update_all'],
    ['delete from s.t', 'delete_all'],
    ['delete from t using u where u.gone', 'delete_all'],
    ['with x as (delete from t returning *) select * from x', 'delete_all'],
    ['with x as (with y as (update t set a = 1 returning *) select * from y) select * from x', 'update_all'],
    ['insert into u with x as (delete from t where 2 = 2 returning *) select * from x', 'delete_all'],
    ['explain analyze delete from t', 'delete_all'],
    ['explain (analyze on, buffers) delete from t', 'delete_all'],
    ['prepare p as delete from t', 'delete_all'],
    ['merge into t using s on true when matched then delete', 'merge_all'],
    ['merge into t using s on 1 = 1 when matched then update set a = 1', 'merge_all'],
    ['merge into t using s on t.id = s.id when not matched by source then delete', 'merge_all'],
    ['with x as (delete from a where id = 1 returning *) insert into b select * from x', 'write_many'],
    ['with x as (update a set v = 1 where id = 1 returning *) update b set v = 2 where id = 1', 'write_many'],
    ['drop table t', 'drop'],
    ['drop schema s cascade', 'drop'],
    ['drop database d', 'drop'],
    ['drop table a, b', 'drop_many'],
    ['drop function f(int), g(int)', 'drop_many'],
    ['truncate a, b', 'truncate'],
    ['alter table s.t drop column a', 'drop_column'],
    ['alter table t add b int, drop column a, drop c', 'drop_column'],
    ['alter type t drop attribute a', 'drop_column'],
    ['select 1; delete from t', 'delete_all'],
  ])('is %s: %s', (sql, code) => {
    expect(classify(sql).dangerous?.code).toBe(code);
  });

  it.each([
    'update t set a = 1 where a = 2',
    'update t set a = 1 where id = other',
    'update t set a = 1 where 1 = 2',
    'update t set a = 1 where not true',
    'update t set a = 1 where true and id = 1',
    'update t set a = 1 from u where u.id = t.id',
    'update t set a = 1 from u where u.id = 5 and owner = 3',
    'update t o set a = 1 from t i where i.id = o.parent',
    'update s.t set a = 1 where s.t.id = 5',
    'update t set a = 1 where exists (select from u where u.id = t.id)',
    'update t set a = 1 where current of c',
    'delete from t where id in (select id from gone)',
    'delete from t using u where u.id = t.id',
    'merge into t using s on t.id = s.id when matched then delete',
    'merge into t using s on true when matched and s.gone then delete when not matched then insert values (1)',
    'merge into t using s on t.id = s.id when not matched by source and t.old then delete',
    'insert into t select * from u',
    'insert into t values (1) on conflict (id) do update set a = 2',
    'with x as (delete from a where id = 1 returning *) select * from x',
    'explain delete from t',
    'explain (analyze off) delete from t',
    'alter table t add column a int',
    'select 1',
    'create table t (a int)',
  ])('is not %s', (sql) => {
    expect(classify(sql).dangerous).toBeNull();
  });

  it('asks a question, explains itself and names the button', () => {
    expect(classify('update shop.orders o set a = 1 from shop.lines l where l.id = 5').dangerous).toEqual({
      code: 'update_all',
      title: 'Update every row of shop.orders?',
      detail: 'The WHERE of this UPDATE names no column of shop.orders: it holds for every row or for none.',
      action: 'Update every row',
    });
    expect(classify('alter table shop.orders drop column a, drop column b').dangerous?.title).toBe(
      'Drop columns a, b of shop.orders?',
    );
  });
});
