import { describe, expect, it } from 'vitest';
import { type LogLine, type RecordedSession, readCsvlog, said, untagged, witness } from './index.ts';

const id = (letter: string): string => letter.repeat(22);
const tag = (letter: string): string => `\n/*vitrine:${id(letter)}*/`;
const line = (message: string, changed: Partial<LogLine> = {}): LogLine => ({
  role: 'breaker',
  pid: 4711,
  clientPort: 50_000,
  session: '66a1.1267',
  number: 1,
  severity: 'LOG',
  sqlstate: '00000',
  message,
  query: null,
  ...changed,
});
/** Words instead of a real fingerprint: what a text begins with. */
const fingerprint = (text: string): string => text.trim().split(/\s/)[0] ?? '';
const session = (...intents: RecordedSession['intents'][number][]): RecordedSession => ({
  pid: 4711,
  clientPort: 50_000,
  intents,
});
const query = (letter: string, fp: string): RecordedSession['intents'][number] => ({
  id: id(letter),
  op: 'query',
  of: null,
  fp,
});
const parse = (letter: string, fp: string): RecordedSession['intents'][number] => ({
  ...query(letter, fp),
  op: 'parse',
});
const execute = (letter: string, of: string, fp: string): RecordedSession['intents'][number] => ({
  ...query(letter, fp),
  op: 'execute',
  of: id(of),
});
const verdict = (lines: readonly LogLine[], ...sessions: RecordedSession[]): string[] =>
  witness(lines, 'breaker', sessions, fingerprint).findings.map(({ kind }) => kind);

describe('the csvlog', () => {
  const row = (message: string, query = ''): string =>
    `2026-01-02 03:04:05.678 UTC,"breaker","shop",4711,"127.0.0.1:50000",66a1.1267,3,"idle",2026-01-02 03:04:05 UTC,3/5,0,LOG,00000,"${message}",,,,,,"${query}",,,"psql","client backend",,0\n`;

  it('is read with quotes, commas and line ends inside a field', () => {
    const [one, two] = [...readCsvlog(row('statement: select "" , ""\n  ""x""') + row('later', 'select 1'))];
    expect(one).toEqual({ ...line('statement: select " , "\n  "x"'), number: 3 });
    expect(two).toMatchObject({ message: 'later', query: 'select 1' });
  });

  it('leaves out a last record that is still being written', () => {
    const whole = row('statement: select 1') + row('statement: select ""2""');
    for (let cut = 0; cut < whole.length; cut++)
      expect([...readCsvlog(whole.slice(0, cut))].length).toBe(cut < row('statement: select 1').length ? 0 : 1);
    expect([...readCsvlog(whole)]).toHaveLength(2);
  });

  it('knows backends without a client', () => {
    const background = row('x').replace('"127.0.0.1:50000"', '').replace('"breaker"', '');
    expect([...readCsvlog(background)]).toMatchObject([{ clientPort: null, role: '' }]);
  });
});

describe('what the server says', () => {
  it.each([
    ['statement: select 1: x', { what: 'query', text: 'select 1: x' }],
    ['execute <unnamed>: select $1\n-- c', { what: 'execute', text: 'select $1\n-- c' }],
    ['execute S_1/C_2: select 1', { what: 'execute', text: 'select 1' }],
    ['execute fetch from S_1/C_2: select 1', { what: 'execute', text: 'select 1' }],
    ['fastpath function call: "int4pl" (OID 177)', { what: 'function', oid: 177 }],
    ['duration: 1.234 ms  parse S_1: select 1', { what: 'quoted', text: 'select 1' }],
    ['duration: 1.234 ms  statement: select 1', { what: 'quoted', text: 'select 1' }],
    ['connection authorized: user=breaker', null],
    ['disconnection: session time: 0:00:00.123', null],
  ])('%s', (message, expected) => {
    expect(said(line(message))).toEqual(expected);
  });

  it('is not taken from RAISE LOG, whose words are the user’s', () => {
    const raised = line('statement: drop table orders', { query: 'do $$…$$' });
    expect(said(raised)).toEqual({ what: 'quoted', text: 'do $$…$$' });
    expect(said(line('there is no such table', { severity: 'ERROR', query: 'select' }))).toEqual({
      what: 'quoted',
      text: 'select',
    });
  });

  it('is tagged only where the tag ends the text, on a line of its own', () => {
    expect(untagged(`select 1 -- c${tag('a')}`)).toEqual({ intent: id('a'), text: 'select 1 -- c' });
    expect(untagged(`select 1${tag('a')}${tag('b')}`)).toEqual({ intent: id('b'), text: `select 1${tag('a')}` });
    for (const text of ['select 1', `select 1 /*vitrine:${id('a')}*/`, `select 1${tag('a')};`, `select 1${tag('a')}\n`])
      expect(untagged(text)).toBeNull();
  });
});

describe('the witness', () => {
  it('confirms statements in order, stepping over intents that never ran', () => {
    const recorded = session(
      query('a', 'begin'),
      query('b', 'select'),
      parse('c', 'update'),
      execute('d', 'c', 'update'),
      execute('e', 'c', 'update'),
      { ...query('f', ''), op: 'function', fp: null },
    );
    const seen = witness(
      [
        line('connection authorized: user=breaker'),
        line(`statement: begin${tag('a')}`),
        line(`execute <unnamed>: update orders${tag('c')}`),
        line('fastpath function call: "int4pl" (OID 177)'),
        line('statement: select 1', { role: 'somebody else' }),
      ],
      'breaker',
      [recorded],
      fingerprint,
    );
    expect(seen).toEqual({ statements: 3, confirmed: new Set([id('a'), id('d'), id('f')]), findings: [] });
  });

  it.each<[string, readonly LogLine[], string]>([
    ['a text without a tag', [line('statement: select 1')], 'untagged'],
    ['a failed text without a tag', [line('syntax error', { severity: 'ERROR', query: 'selec' })], 'untagged'],
    ['a tag that nobody recorded', [line(`statement: select 1${tag('x')}`)], 'unknown_intent'],
    ['a query that was recorded as a Parse', [line(`statement: update x${tag('c')}`)], 'unknown_intent'],
    ['another statement under a borrowed tag', [line(`statement: drop table x${tag('b')}`)], 'fingerprint'],
    ['a statement that ran twice', Array(2).fill(line(`statement: select 1${tag('b')}`)), 'too_many'],
    ['an Execute more than was recorded', Array(2).fill(line(`execute s: update x${tag('c')}`)), 'too_many'],
    ['a function call that was not recorded', [line('fastpath function call: "lo_open" (OID 952)')], 'too_many'],
    [
      'a statement that ran too late',
      [line(`statement: select 1${tag('b')}`), line(`statement: begin${tag('a')}`)],
      'out_of_order',
    ],
    ['a backend that no session knows', [line(`statement: begin${tag('a')}`, { clientPort: 1 })], 'unknown_connection'],
    [
      'the name of a statement that pretends to be its text',
      [line(`execute x: begin: drop table y${tag('c')}`)],
      'fingerprint',
    ],
  ])('names %s', (_title, lines, kind) => {
    const recorded = session(
      query('a', 'begin'),
      query('b', 'select'),
      parse('c', 'update'),
      execute('d', 'c', 'update'),
    );
    expect(verdict(lines, recorded)).toEqual([kind]);
  });

  it('keeps two backends apart that had the same pid', () => {
    const first = session(query('a', 'begin'));
    const second = { ...session(query('b', 'select')), clientPort: 50_001 };
    const lines = [
      line(`statement: begin${tag('a')}`),
      line(`statement: select 1${tag('b')}`, { session: '66a2.1267', clientPort: 50_001 }),
    ];
    expect(verdict(lines, first, second)).toEqual([]);
    expect(verdict(lines.slice(1), first)).toEqual(['unknown_connection']);
  });
});
