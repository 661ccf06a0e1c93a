import { describe, expect, it } from 'vitest';
import type { PortClient, TurnedAway } from '../../shared/ipc-port.ts';
import {
  endedWords,
  listed,
  liveliness,
  lostWith,
  lostWithAll,
  maskedUri,
  namesOf,
  processOf,
  turnedAwayAdvice,
  turnedAwaySentence,
  turnedAwayShort,
} from './words.ts';

const client = (part: Partial<PortClient> = {}): PortClient => ({
  id: 'A'.repeat(22),
  application: 'psql',
  program: 'psql',
  pid: 48_311,
  backend_pid: 48_213,
  since: '2026-11-23T14:02:00.000Z',
  statements: 1,
  running: false,
  tx: 'idle',
  ...part,
});
const away = (part: Partial<TurnedAway> = {}): TurnedAway => ({
  n: 1,
  at: '2026-11-23T14:02:00.000Z',
  code: '28P01',
  message: 'password authentication failed for user "x"',
  application: '',
  program: 'nc',
  pid: 1234,
  ...part,
});

describe('tools', () => {
  it('are named once each, by the name they give themselves, else by their program', () => {
    const tools = [
      client(),
      client({ application: 'DBeaver' }),
      client(),
      client({ application: ' ', program: 'java' }),
    ];
    expect(namesOf(tools)).toEqual(['psql ×2', 'DBeaver', 'java']);
    expect(namesOf([client({ application: '', program: null })])).toEqual(['A tool']);
  });

  it.each([
    [[], ''],
    [['psql'], 'psql'],
    [['psql', 'DBeaver'], 'psql and DBeaver'],
    [['psql', 'DBeaver', 'pgcli'], 'psql, DBeaver and pgcli'],
    [['psql', 'DBeaver', 'pgcli', 'java'], 'psql, DBeaver and 2 others'],
  ])('are listed as a person would: %j', (names, words) => {
    expect(listed(names)).toBe(words);
  });

  it('show the worst of what they are doing', () => {
    expect(liveliness([])).toBe('idle');
    expect(liveliness([client(), client({ running: true })])).toBe('running');
    expect(liveliness([client({ running: true }), client({ tx: 'transaction' })])).toBe('transaction');
    expect(liveliness([client({ tx: 'transaction' }), client({ tx: 'failed' })])).toBe('failed');
    expect(processOf(client())).toBe('psql, pid 48311');
    expect(processOf(client({ pid: null, program: null }))).toBeNull();
  });
});

describe('an end', () => {
  it('is asked about only where it undoes something', () => {
    expect(lostWith(client())).toBeNull();
    expect(lostWith(client({ running: true, tx: 'transaction' }))).toBe(
      'A statement is running; the server is asked to cancel it. A transaction is open; what it has done is rolled back.',
    );
    expect(lostWithAll([])).toBeNull();
    expect(lostWithAll([client()])).toBe('1 tool will be disconnected: psql.');
    expect(lostWithAll([client({ tx: 'failed' }), client({ application: 'DBeaver', tx: 'transaction' })])).toBe(
      '2 tools will be disconnected: psql and DBeaver. Open transactions roll back.',
    );
  });

  it('says afterwards who it was', () => {
    expect(endedWords([{ name: 'psql', statements: 1, transaction: false }])).toEqual({
      title: 'psql was disconnected',
      detail: '1 statement came through it until then.',
    });
    const two = { name: 'psql', statements: 2, transaction: true };
    expect(endedWords([two, two])).toEqual({
      title: 'psql ×2 were disconnected',
      detail: '4 statements came through them until then. Open transactions were rolled back.',
    });
  });
});

describe('who was turned away', () => {
  it('is told with its process where the system tells', () => {
    expect(turnedAwaySentence(away())).toBe('A program tried the local port with a wrong password (pid 1234, nc).');
    expect(turnedAwaySentence(away({ pid: null, program: null, code: '08P01' }))).toBe(
      'A program that does not speak PostgreSQL tried the local port.',
    );
    const full = { code: '53300', application: 'DBeaver', program: 'java', message: 'too many connections' };
    expect(turnedAwaySentence(away(full))).toBe(
      'DBeaver was turned away at the local port (pid 1234, java): too many connections.',
    );
    expect(turnedAwayShort(away(full))).toBe('Too many connections');
    expect(turnedAwayShort(away())).toBe('Wrong password');
  });

  it('is counted', () => {
    expect(turnedAwayAdvice(away(), 1)).toMatch(/^Nothing was let in\. If that was not you/);
    expect(turnedAwayAdvice(away({ code: '57014' }), 1204)).toBe(
      '1,204 were turned away since the port was opened. Nothing was let in.',
    );
  });
});

it('shows the address without the password, and names as they stand in it', () => {
  expect(maskedUri({ host: '127.0.0.1', port: 49_822, user: 'vitrine_ab', database: 'a b' }).join('')).toBe(
    'postgresql://vitrine_ab:••••••••@127.0.0.1:49822/a%20b?sslmode=disable',
  );
});
