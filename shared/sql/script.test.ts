import { describe, expect, it } from 'vitest';
import { readScript, transactionStep } from './index.ts';

const read = (text: string) => [...readScript(text)].flat();
const only = (text: string) => read(text)[0];

describe('a script, read before it is run', () => {
  it.each([
    ['vacuum', 'VACUUM'],
    ['vacuum (analyze) t', 'VACUUM'],
    ['analyze t', null],
    ['cluster', 'CLUSTER of all tables'],
    ['cluster t', null],
    ['create index concurrently on t (a)', 'CREATE INDEX CONCURRENTLY'],
    ['create index on t (a)', null],
    ['drop index concurrently i', 'DROP INDEX CONCURRENTLY'],
    ['drop index i', null],
    ['reindex table concurrently t', 'REINDEX CONCURRENTLY'],
    ['reindex (concurrently off) table t', null],
    ['reindex (concurrently 0) table t', null],
    ['reindex (verbose, concurrently on) table t', 'REINDEX CONCURRENTLY'],
    ['reindex schema s', 'REINDEX of a whole schema or database'],
    ['discard all', 'DISCARD ALL'],
    ['discard plans', null],
    ['alter database d set tablespace s', 'ALTER DATABASE … SET TABLESPACE'],
    ['alter database d connection limit 3', null],
    ['alter table t detach partition p concurrently', 'DETACH PARTITION … CONCURRENTLY'],
    ['alter table t detach partition p', null],
    ['create database d', 'CREATE DATABASE'],
    ['alter system set work_mem = 1', 'ALTER SYSTEM'],
    ['update t set a = 1 where b', null],
  ])('%s: inside a transaction the server refuses %s', (text, alone) => {
    expect(only(text)?.alone).toBe(alone);
  });

  it('knows what a statement does with the transaction', () => {
    expect(transactionStep('begin')).toEqual({ kind: 'begin', name: null, chain: false });
    expect(transactionStep('savepoint "A b"')).toEqual({ kind: 'savepoint', name: 'A b', chain: false });
    expect(transactionStep('rollback to savepoint x')).toEqual({ kind: 'rollback_to', name: 'x', chain: false });
    expect(transactionStep('commit and chain')).toEqual({ kind: 'commit', name: null, chain: true });
    expect(transactionStep('select 1')).toBeNull();
    expect(transactionStep('selec 1')).toBeNull();
    expect(transactionStep('')).toBeNull();
  });

  it('knows COPY from the client, and what only reads', () => {
    expect(read('copy t from stdin; copy t to stdout; copy t from program $$x$$').map(({ copyIn }) => copyIn)).toEqual([
      true,
      false,
      false,
    ]);
    const texts = ['select 1', 'table t', 'show x', 'explain delete from t', 'explain analyze delete from t'];
    expect(texts.map((text) => only(text)?.reads)).toEqual([true, true, true, true, false]);
    expect(only('with d as (delete from t returning 1) select from d')?.reads).toBe(false);
    expect(only('selec 1')).toMatchObject({ reads: false, danger: null, alone: null });
  });

  it('splits a long script by the parser, some statements at a time', () => {
    const texts = Array.from({ length: 5000 }, (_, i) =>
      i % 1000 === 999
        ? `create function f${i}() returns int begin atomic select ${i}; select 2; end`
        : `insert into t values (${i}, 'é;😀')`,
    );
    const batches = [...readScript(texts.join(';\n'))];
    expect(batches.length).toBeGreaterThan(5);
    expect(batches.every((batch) => batch.length < 1500)).toBe(true);
    const text = texts.join(';\n');
    expect(batches.flat().map(({ start, end }) => text.slice(start, end))).toEqual(texts);
  });

  it('keeps a body with semicolons whole although another statement is broken', () => {
    const text = 'selec 1; create function f() returns int begin atomic select 1; select 2; end; delete from t';
    expect(read(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'selec 1',
      'create function f() returns int begin atomic select 1; select 2; end',
      'delete from t',
    ]);
    expect(read(text)[2]?.danger?.code).toBe('delete_all');
  });
});
