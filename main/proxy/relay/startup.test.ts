import { describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/errors.ts';
import { chosenSettings, readOptions } from './startup.ts';

const chosen = (parameters: Record<string, string>): Record<string, string> =>
  Object.fromEntries(chosenSettings(new Map(Object.entries(parameters)), 60_000));
const refusal = (parameters: Record<string, string>): Fault => {
  try {
    chosen(parameters);
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('it was expected to be refused');
};

describe('what a client asks for when it starts', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'psql',
      { user: 'u', database: 'd', application_name: 'psql', client_encoding: 'UTF8' },
      { application_name: 'psql' },
    ],
    ['psql in a terminal without a locale', { client_encoding: 'SQL_ASCII' }, {}],
    [
      'JDBC and DBeaver',
      {
        client_encoding: 'UTF8',
        datestyle: 'ISO',
        timezone: 'Europe/Berlin',
        extra_float_digits: '3',
        application_name: 'DBeaver 25',
        search_path: 'shop',
      },
      {
        datestyle: 'ISO',
        timezone: 'Europe/Berlin',
        extra_float_digits: '3',
        application_name: 'DBeaver 25',
        search_path: 'shop',
      },
    ],
    ['asyncpg', { client_encoding: "'utf-8'" }, {}],
    ['a driver that says unicode', { client_encoding: 'UNICODE' }, {}],
    [
      'libpq with PGOPTIONS',
      { options: '-c search_path=shop,public --DateStyle=ISO' },
      { search_path: 'shop,public', datestyle: 'ISO' },
    ],
    [
      'one that names a setting twice',
      { options: '-c TimeZone=UTC', timezone: 'Asia/Tokyo' },
      { timezone: 'Asia/Tokyo' },
    ],
    ['one with protocol options', { '_pq_.compression': 'zstd' }, {}],
  ])('fits %s', (_tool, sent, settings) => {
    expect(chosen(sent)).toEqual(settings);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a role', { role: 'postgres' }, '0A000'],
    ['a role in options', { options: '-c role=postgres' }, '0A000'],
    ['a role in options, glued and escaped', { options: '-crole=\\postgres' }, '0A000'],
    ['a longer timeout', { statement_timeout: '0' }, '22023'],
    ['a longer timeout in options', { options: '--statement-timeout=0' }, '22023'],
    ['a session authorization', { session_authorization: 'postgres' }, '0A000'],
    ['the old string syntax', { options: '-c standard_conforming_strings=off' }, '0A000'],
    ['another encoding', { client_encoding: 'SJIS' }, '22023'],
    ['another encoding in options', { options: '-c client_encoding=latin1' }, '22023'],
    ['another switch', { options: '-d 5' }, '0A000'],
    ['a bare word', { options: 'role=postgres' }, '0A000'],
    ['a setting without a value', { options: '-c search_path' }, '42601'],
    ['a switch without a setting', { options: '-c' }, '42601'],
    ['replication', { replication: 'database' }, '0A000'],
  ])('refuses %s in words', (_what, sent, code) => {
    const fault = refusal(sent);
    expect(fault.code).toBe(code);
    expect(fault.hint).not.toBeNull();
  });

  it('shows no more of a hostile name than fits on a line', () => {
    expect(refusal({ [`\u001b[2Jx${'y'.repeat(5000)}\n`]: '1' }).message).toMatch(
      /^the setting [\x20-\x7e]{1,63} cannot/,
    );
  });

  it('splits options as the server does', () => {
    expect(readOptions(' -c  search_path=a\\ b\\\\c\t-cx=1 --geqo=off ')).toEqual([
      ['search_path', 'a b\\c'],
      ['x', '1'],
      ['geqo', 'off'],
    ]);
    expect(readOptions('')).toEqual([]);
  });
});

describe('the statement timeout of a client', () => {
  it.each(['1', '60000', '500ms', '60s', '1min'])('may be lowered to %s', (value) => {
    expect(chosen({ statement_timeout: value })).toEqual({ statement_timeout: value });
    expect(chosen({ options: `-c statement_timeout=${value}` })).toEqual({ statement_timeout: value });
  });
  it.each(['0', '60001', '61s', '-1', '1e3', '0x10', '', '0.5us', 'default'])(
    'is not raised, or lifted, by %j (I3)',
    (value) => {
      expect(refusal({ statement_timeout: value })).toMatchObject({ code: '22023' });
      expect(refusal({ statement_timeout: value }).hint).toContain('from 1ms to 60000ms');
    },
  );
});
