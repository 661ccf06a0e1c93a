import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, fingerprint, parserReady, split } from './index.ts';

describe('classify', () => {
  const cases: readonly (readonly [sql: string, kind: string, writes: boolean])[] = [
    ['select 1', 'select', false],
    ['table orders', 'select', false],
    ['values (1)', 'select', false],
    ['select * into n from q', 'ddl', true],
    ['select 1 as a into n union select 2', 'ddl', true],
    ['select into n from q', 'ddl', true],
    ['select * from a order by 1', 'select', false],
    ["select nextval('s')", 'select', true],
    ['with x as (delete from a returning *) select * from x', 'select', true],
    ['with x as (select 1) select * from x', 'select', false],
    ['insert into t values (1)', 'insert', true],
    ['update t set a = 1 where true', 'update', true],
    ['merge into t using s on a = b when matched then delete', 'merge', true],
    ['explain update t set a = 1', 'explain', false],
    ['explain (analyze) update t set a = 1', 'explain', true],
    ['explain analyze update t set a = 1', 'explain', true],
    ['explain (analyze false) update t set a = 1', 'explain', false],
    ['explain (analyze off) update t set a = 1', 'explain', false],
    ['explain analyze create table x as select 1', 'explain', true],
    ['explain analyze select 1', 'explain', false],
    ['prepare p as delete from t', 'prepare', true],
    ['execute p', 'execute', false],
    ['copy t from stdin', 'copy', true],
    ['copy t to stdout', 'copy', false],
    ['copy (delete from t returning *) to stdout', 'copy', true],
    ['begin', 'transaction', false],
    ['set search_path = x', 'set', false],
    ['do $$begin end$$', 'do', false],
    ['call f(1)', 'call', false],
    ['create index on t (a)', 'ddl', true],
    ['grant select on t to x', 'ddl', true],
    ['truncate t', 'ddl', true],
    ['vacuum t', 'utility', false],
    ['listen x', 'utility', false],
    ['select 1; select 2', 'multi', false],
    ['select 1; delete from t', 'multi', true],
    ['', 'empty', false],
    ['-- nothing', 'empty', false],
    ['selec 1', 'unparsed', false],
  ];
  it.each(cases)('%s is %s, writes: %s', (sql, kind, writes) => {
    const found = classify(sql);
    expect({ kind: found.kind, writes: found.writes }).toEqual({ kind, writes });
  });

  it('names the place of a syntax error in UTF-16', () => {
    expect(classify("select '😀é' frm x y z").error).toEqual({ message: 'syntax error at or near "x"', position: 17 });
  });

  it('lists tables without the names of CTEs', () => {
    expect(classify('with c as (select * from a) select * from c, s.b where exists (select from d)').tables).toEqual(
      expect.arrayContaining(['a', 's.b', 'd']),
    );
    expect(classify('with c as (select * from a) select * from c').tables).toEqual(['a']);
    expect(classify('drop table s.a, b').tables).toEqual(['s.a', 'b']);
  });
});

describe('normalise', () => {
  it.each([
    [
      "select 1 /* se'cret */, 'a' -- foo\n from t where x = $1 and y='b'",
      'select $2  , $3  \n from t where x = $1 and y=$4',
    ],
    ['begin;', 'begin'],
    ["commit prepared 'secret'", null],
    ["copy t to '/tmp/secret'", null],
    ["comment on table t is 'secret'", null],
    ["select 1; copy t to '/x'", null],
    ["select E'a\\'b', $$secret$$, U&'x'", 'select $1, $2, $3'],
    ["explain select * from t where a = 'x'", 'explain select * from t where a = $1'],
    ['not sql', null],
  ])('%s becomes %s', (sql, norm) => {
    expect(classify(sql).norm).toBe(norm);
  });

  it('never leaves a string constant of the text behind', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{8,12}$/), (secret) => {
        const norm = classify(
          `select '${secret}', e'${secret}' /* ${secret} */ from t where a in ('${secret}') -- ${secret}`,
        ).norm;
        expect(norm).not.toBeNull();
        expect(norm).not.toContain(secret);
      }),
    );
  });
});

describe('split', () => {
  const parts = (text: string): string[] => split(text).map(({ start, end }) => text.slice(start, end));
  it.each([
    ["select 'é😀;'; select 2 -- x\n; ; update t set a=1", ["select 'é😀;'", 'select 2 -- x', 'update t set a=1']],
    ['  select 1 ;', ['select 1']],
    ['', []],
    [
      'create function f() returns int begin atomic select 1; select 2; end; select 3',
      ['create function f() returns int begin atomic select 1; select 2; end', 'select 3'],
    ],
    [
      "selec 1; select $a$ ; $b$ ; $a$; /* ; /* ; */ ; */ x \"a;b\" 'c;''d' e'\\';' -- ;\n; y",
      ['selec 1', 'select $a$ ; $b$ ; $a$', "/* ; /* ; */ ; */ x \"a;b\" 'c;''d' e'\\';' -- ;", 'y'],
    ],
    ["selec 'open; x", ["selec 'open; x"]],
  ])('%s', (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  it('gives ordered ranges inside the text for any text at all', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...';\'"$-/*eE\\ \n', 'select', '$a$', '😀', 'é', '1')), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end } of split(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('hostile text', () => {
  it('survives statements that overflow the parser, again and again (I3)', async () => {
    const chain = `select ${'1+'.repeat(20_000)}1`;
    for (let i = 0; i < 12; i++) {
      await parserReady();
      classify(chain);
      await parserReady();
      expect(classify('select a from b').kind).toBe('select');
    }
  });
  it('refuses to read a text with a NUL, and one over the limit', () => {
    expect(classify('select 1\0; drop table t').kind).toBe('unparsed');
    expect(classify(`select '${'x'.repeat(2 ** 20)}'`).kind).toBe('unparsed');
    expect(fingerprint('select 1 from')).toBeNull();
  });
});
