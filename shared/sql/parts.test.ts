import { describe, expect, it } from 'vitest';
import { partsAt } from './parts.ts';

/** The cursor is at `|`. */
function parts(marked: string): [what: string, text: string][] {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  return partsAt(text, cursor).map(({ what, start, end }) => [what, text.slice(start, end)]);
}

describe('the parts of a statement around the cursor', () => {
  it.each<[name: string, marked: string, found: [string, string][]]>([
    ['nothing nested', 'select a| from t', []],
    ['the ends of a statement', 'select 1 union select 2|', []],
    ['a subquery', 'select * from (select a from t|) x', [['Subquery', 'select a from t']]],
    ['the body of a CTE', 'with r as (select a| from t) select * from r', [['CTE r', 'select a from t']]],
    [
      'a CTE with columns and MATERIALIZED',
      'with r (x, y) as not materialized (select a|, b from t) select * from r',
      [['CTE r', 'select a, b from t']],
    ],
    ['the query after the CTEs', 'with r as (select a from t) select |* from r', []],
    ['an arm', 'select a from t union all select |b from u', [['Arm 2 of 2', 'select b from u']]],
    [
      'the last arm without the ORDER BY of all',
      'select a from t union select |b from u order by 1',
      [['Arm 2 of 2', 'select b from u']],
    ],
    [
      'what is nested in what is nested, outermost first',
      'select * from (select * from (select a| from t) y) x',
      [
        ['Subquery', 'select * from (select a from t) y'],
        ['Subquery', 'select a from t'],
      ],
    ],
    [
      'an arm in a subquery',
      'select * from (select 1 union select |2) x',
      [
        ['Subquery', 'select 1 union select 2'],
        ['Arm 2 of 2', 'select 2'],
      ],
    ],
    ['brackets that hold no query', 'select count(a|) from t where b in (1, 2)', []],
    ['brackets in a string', "select '(select 1|)' from t", []],
    ['a column of the query around it', 'select (select max(a) from t where t.id = o.id|) from o', []],
    ['an earlier CTE', 'with a as (select 1 x), b as (select |x from a) select * from b', []],
    [
      'a query with a CTE of its own',
      'select * from (with a as (select 1) select |* from a) x',
      [['Subquery', 'with a as (select 1) select * from a']],
    ],
    ['a statement that writes', 'with d as (delete from t| returning *) select * from d', []],
    ['a text that does not parse', 'select * from (select a| frm t x', []],
    ['text beyond ASCII before it', "select 'é🙂', (select 'ü'|) x", [['Subquery', "select 'ü'"]]],
  ])('%s', (_name, marked, found) => expect(parts(marked)).toEqual(found));
});
