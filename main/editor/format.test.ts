import { describe, expect, it } from 'vitest';
import { formatSql, isSame } from './format.ts';

describe('a text laid out anew', () => {
  it('keeps every word, comment and parameter', async () => {
    const text = `select o.id,o.total::text,:x, $1, a[1:2] -- ids
from shop.orders o /* all */ where details->>'worker' = E'\\n' and placed_at>=now() - interval '2 hours';`;
    expect((await formatSql(text)).text).toBe(`select
  o.id,
  o.total::text,
  :x,
  $1,
  a[1:2] -- ids
from
  shop.orders o /* all */
where
  details ->> 'worker' = E'\\n'
  and placed_at >= now() - interval '2 hours';`);
  });

  it('leaves what does not parse as it is, and formats the rest', async () => {
    const text = 'selec  1;\n\nselect  1,2;\n-- the end\n';
    expect(await formatSql(text)).toEqual({
      text: 'selec  1;\n\nselect\n  1,\n  2;\n-- the end\n',
      kept: 1,
      done: 1,
    });
  });

  it('changes nothing the second time', async () => {
    const once = await formatSql(
      "with a as (select 1 x union all select 2) select case when x=1 then 'a' else 'b' end from a limit 5",
    );
    expect((await formatSql(once.text)).text).toBe(once.text);
  });

  it.each([
    ['a constant', "select 'a  b'", "select 'a b'"],
    ['a comment', 'select 1 -- one', 'select 1'],
    ['a column', 'select a, b', 'select b, a'],
    ['a comment that takes a word with it', 'select 1 -- one\n, 2', 'select 1 -- one , 2'],
    ['an operator', 'select a - -1', 'select a --1'],
  ])('is refused when it would change %s', (_name, before, after) => expect(isSame(before, after)).toBe(false));
});
