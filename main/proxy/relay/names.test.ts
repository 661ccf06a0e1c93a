import { describe, expect, it } from 'vitest';
import { type Classified, classify } from '../../../shared/sql/index.ts';
import { Names } from './names.ts';

const does = (found: Classified): string[] => found.effects.map(({ kind, what }) => `${kind} ${what}`);
/** What a text does after others were executed, each of them with success. */
function knowing(...texts: string[]): Names {
  const names = new Names();
  for (const text of texts) names.apply(classify(text).names);
  return names;
}
const parsed = (names: Names, name: string, text: string): ReturnType<Names['setStatement']> =>
  names.setStatement(name, { by: 'parse', intent: `intent of ${text}`, text, deeds: classify(text) });

describe('EXECUTE is what was prepared', () => {
  const remove = 'prepare p as delete from t where id = $1';
  it.each([
    [[], 'execute p', ['unknown p']],
    [[remove], 'execute p(1)', ['write DELETE']],
    [[remove], 'explain analyze execute p(1)', ['write DELETE']],
    [[remove], 'explain execute p(1)', []],
    [[remove], 'create table x as execute p(1)', ['define CREATE TABLE AS', 'write DELETE']],
    [['prepare p as select 1'], 'execute p', []],
    [['prepare "P q" as select 1'], 'execute "P q"', []],
    [['prepare p as select 1'], 'execute P', []],
    [['prepare "P" as select 1'], 'execute p', ['unknown p']],
    [['prepare p as select 1'], 'execute p; execute q', ['unknown q']],
    // A name that is taken keeps what it has: PostgreSQL refuses the second PREPARE.
    [[remove, 'prepare p as select 1'], 'execute p', ['write DELETE']],
    [[remove, 'deallocate p'], 'execute p', ['unknown p']],
    [[remove, 'deallocate p', 'prepare p as select 1'], 'execute p', []],
    [[remove, 'deallocate all'], 'execute p', ['unknown p']],
    [[remove, 'deallocate prepare all'], 'execute p', ['unknown p']],
    [[remove, 'discard all'], 'execute p', ['unknown p']],
    [[remove, 'discard plans'], 'execute p', ['write DELETE']],
    [[remove, 'rollback'], 'execute p', ['write DELETE']],
    // In one text.
    [[], 'prepare p as select 1; execute p', []],
    [[], `${remove}; execute p(1)`, ['write DELETE', 'write DELETE']],
    [[], 'execute p; prepare p as select 1', ['unknown p']],
    [[remove], 'deallocate p; prepare p as select 1; execute p', []],
    [[remove], 'prepare p as select 1; execute p', ['write DELETE']],
    [[remove], 'discard all; execute p', ['unknown p']],
    [['prepare p as select 1'], 'deallocate all; prepare p as select 2; execute p', []],
    [["prepare p as select set_config('role', 'x', false)"], 'execute p', []],
  ] as const)('after %j: %s does %j', (before, text, expected) => {
    expect(does(knowing(...before).resolve(classify(text)))).toEqual(expected);
  });

  it('takes over settings, tables, danger and the place of the EXECUTE', () => {
    const names = knowing(
      "prepare p as delete from shop.t where set_config('a.b', 'x', false) = id and 1 = 1",
      remove2,
    );
    const found = names.resolve(classify('select 1; execute p; execute all_of_it'));
    expect(found.settings).toEqual([{ name: 'a.b', value: 'x', reset: false, at: 10 }]);
    expect(found.tables).toEqual(['shop.t', 't']);
    expect(found.functions).toEqual(['set_config']);
    expect(found.writes).toBe(true);
    expect(found.dangerous?.code).toBe('delete_all');
    expect(found.effects.map(({ at }) => at)).toEqual([10, 21]);
  });
  const remove2 = 'prepare all_of_it as delete from t';

  it('knows the statements of Parse messages too, under names as PostgreSQL cuts them', () => {
    const names = new Names();
    const long = 'n'.repeat(80);
    parsed(names, long, 'delete from t');
    parsed(names, 'é', 'insert into t values (1)');
    expect(does(names.resolve(classify(`execute ${long}`)))).toEqual(['write DELETE']);
    expect(does(names.resolve(classify(`execute ${'n'.repeat(63)}`)))).toEqual(['write DELETE']);
    expect(does(names.resolve(classify(`execute ${'n'.repeat(62)}`)))).toEqual([`unknown ${'n'.repeat(62)}`]);
    // A name of a message is bytes; this one came in UTF-8.
    parsed(names, Buffer.from('é').toString('latin1'), 'update t set a = 1');
    expect(does(names.resolve(classify('execute é')))).toEqual(['write UPDATE']);
  });

  it('notices FETCH from a portal that a Bind made', () => {
    const names = new Names();
    parsed(names, 's', 'delete from t returning *');
    const prepared = names.statement('s');
    if (prepared?.by !== 'parse') throw new Error('it was just made');
    names.setPortal('c', { prepared, parameters: [], cycle: 0 });
    expect(does(names.resolve(classify('fetch all from c')))).toEqual(['portal c']);
    expect(does(names.resolve(classify('move d')))).toEqual([]);
    names.apply(classify('close c').names);
    expect(does(names.resolve(classify('fetch all from c')))).toEqual([]);
  });
});

describe('a text of very many EXECUTEs', () => {
  it('is resolved in time that grows with the text and no faster (I3)', () => {
    const names = knowing('prepare p as delete from t where id = 1');
    const found = classify('execute p;'.repeat(50_000));
    expect(found.names).toHaveLength(50_000);
    const resolved = names.resolve(found);
    expect(does(resolved)).toEqual(['write DELETE']);
    const undo = names.apply(classify('prepare q as select 1; deallocate q;'.repeat(20_000)).names);
    undo(0);
    expect(names.statement('q')).toBeNull();
  });
});

describe('what has not come true is taken back', () => {
  it('from the statement on at which a text failed', () => {
    const names = new Names();
    const undo = names.apply(classify('prepare a as select 1; prepare b as select 2; select 1/0; deallocate a').names);
    undo(2);
    expect(names.statement('a')).not.toBeNull();
    expect(names.statement('b')).not.toBeNull();
    const again = names.apply(classify('deallocate all; prepare a as select 3').names);
    again(0);
    expect(names.statement('a')).not.toBeNull();
    expect(names.statement('b')).not.toBeNull();
  });

  it('and a Parse of a name that is taken changes nothing, unless the server says that it did', () => {
    const names = new Names();
    parsed(names, 'p', 'select 1');
    const second = parsed(names, 'p', 'select 2');
    const text = (): string | undefined => {
      const found = names.statement('p');
      return found?.by === 'parse' ? found.text : undefined;
    };
    expect(text()).toBe('select 1');
    second.undo();
    expect(text()).toBe('select 1');
    second.done?.();
    expect(text()).toBe('select 2');
    // The unnamed statement is replaced by every Parse: of one that was skipped nothing is left, of one that failed not
    // even what was there before.
    parsed(names, '', 'select 3');
    parsed(names, '', 'select 4').undo();
    expect(names.statement('')).toMatchObject({ text: 'select 3' });
    parsed(names, '', 'selec').undo(0);
    expect(names.statement('')).toBeNull();
    parsed(names, '', 'select 3');
    expect(names.resolve(classify('deallocate all'))).toBeDefined();
    names.apply(classify('discard all').names);
    expect(names.statement('')).not.toBeNull();
    expect(names.statement('p')).toBeNull();
  });

  it('but not what has been replaced since, and what comes back was really there', () => {
    const names = new Names();
    const first = parsed(names, '', 'select 1');
    const second = parsed(names, '', 'select 2');
    // Two cycles of a pipeline: the second was planned before the first one's failure was known.
    first.undo();
    expect(names.statement('')).toMatchObject({ text: 'select 2' });
    second.undo();
    expect(names.statement('')).toBeNull();
  });
});
