import { serialize } from 'pg-protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../../shared/sql/index.ts';
import { front, readQuery } from '../wire/messages.ts';
import { Names } from './names.ts';
import { Unsettled } from './unsettled.ts';

let names: Names;
let unsettled: Unsettled;
beforeEach(() => {
  names = new Names();
  unsettled = new Unsettled(names);
});
const message = (bytes: Uint8Array): { type: number; body: Buffer } => ({
  type: bytes[0] ?? 0,
  body: Buffer.from(bytes).subarray(5),
});
const parse = (name: string, text = 'select 1') => message(serialize.parse({ name, text }));
const bind = (portal: string, statement: string) => message(serialize.bind({ portal, statement }));
const execute = (portal: string) => message(serialize.execute({ portal }));
const close = (name: string) => message(serialize.close({ type: 'S', name }));
const query = (text: string) => message(serialize.query(text));
type Message = ReturnType<typeof message>;
/** What a message of these executes: only a Query brings its text with it. */
const runs = ({ type, body }: Message) => (type === front.query ? classify(readQuery(body).toString()) : null);
const planned = (sent: Message, cycle: number): void => unsettled.planned(sent, cycle, runs(sent));

describe('behind a Sync that is not answered', () => {
  it.each<[string, Message, Message, boolean]>([
    ['a Bind of a statement that was parsed there', parse('a'), bind('', 'a'), true],
    ['a Bind of another one', parse('a'), bind('', 'b'), false],
    ['a Bind of one that was closed there', close('a'), bind('', 'a'), true],
    ['a Parse of the same name', parse('a'), parse('a'), true],
    ['a Parse of the empty name', parse(''), parse(''), false],
    ['a Bind of the empty name, parsed there', parse(''), bind('', ''), true],
    ['a Bind of the empty name behind a query, which drops it', query('select 1'), bind('', ''), true],
    ['an Execute of a portal that was bound there', bind('p', 'a'), execute('p'), true],
    ['a Bind of the same portal', bind('p', 'a'), bind('p', 'b'), true],
    ['a Bind of a portal that may be closed there, with its transaction', query('commit'), bind('p', 'b'), true],
    ['a Bind of the empty portal', bind('', 'a'), bind('', 'b'), false],
    ['names that the server cannot tell apart', parse('n'.repeat(70)), bind('', 'n'.repeat(63)), true],
    ['a Bind after PREPARE or DEALLOCATE in SQL', query('deallocate all'), bind('', 'a'), true],
    ['a Bind after DISCARD ALL', query('discard all'), bind('', 'a'), true],
    ['a Bind after SQL that could not be read', query('forget them all'), bind('', 'a'), true],
    ['a Bind after SQL that only says the word', query("select 'deallocate all'"), bind('', 'a'), false],
    ['an EXECUTE in SQL after a Parse', parse('a'), query('execute a'), true],
    ['a FETCH in SQL after a DEALLOCATE', query('deallocate a'), query('fetch all from c'), true],
    ['SQL that executes nothing', parse('a'), query('select 2'), false],
    ['a Parse of SQL that executes something', parse('a'), parse('', 'execute a'), true],
  ])('%s', (_title, before, behind, waits) => {
    planned(before, 1);
    expect(unsettled.waits(behind, 1)).toBe(false);
    expect(unsettled.waits(behind, 2)).toBe(waits);
    unsettled.settled(1);
    expect(unsettled.waits(behind, 2)).toBe(false);
  });

  it('an Execute of what executes by name waits for the names', () => {
    const text = 'execute a';
    names.setStatement('s', { by: 'parse', intent: 'i', text, deeds: classify(text) });
    const prepared = names.statement('s');
    if (prepared?.by !== 'parse') throw new Error('it was just made');
    names.setPortal('', { prepared, parameters: [], cycle: 0 });
    planned(parse('a'), 1);
    expect(unsettled.waits(execute(''), 2)).toBe(true);
    names.setPortal('', { prepared: { ...prepared, deeds: classify('select 1') }, parameters: [], cycle: 0 });
    expect(unsettled.waits(execute(''), 2)).toBe(false);
  });

  it('a Bind waits for an Execute that changes names, and not for its Parse', () => {
    planned(parse(''), 1);
    expect(unsettled.waits(bind('', 'a'), 2)).toBe(false);
    unsettled.planned(execute(''), 1, classify('deallocate a'));
    expect(unsettled.waits(bind('', 'a'), 2)).toBe(true);
  });

  it('a name that its own cycle has replaced again is used at once', () => {
    planned(parse(''), 1);
    planned(parse(''), 2);
    expect(unsettled.waits(bind('', ''), 2)).toBe(false);
  });

  it('forgets confirmed names when there are many', () => {
    for (let i = 0; i < 3000; i++) {
      planned(parse(`s${i}`), i);
      unsettled.settled(i);
    }
    expect(unsettled.waits(bind('', 's2999'), 3001)).toBe(false);
  });
});
