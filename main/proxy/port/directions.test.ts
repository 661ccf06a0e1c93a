import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programOr } from '../../../dev/programs.ts';
import { connectionUri, environment, type PortFacts, psqlCommand, shellExports } from './index.ts';

const facts: PortFacts = { host: '127.0.0.1', port: 5433, user: 'v_abc', password: 'pw-_9', database: 'shop' };
const hostile = fc.record({
  host: fc.constant('127.0.0.1' as const),
  port: fc.integer({ min: 1, max: 65_535 }),
  user: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(noNul),
  password: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(noNul),
  database: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map(noNul),
});
function noNul(text: string): string {
  return `x${text.replaceAll('\0', "'")}`;
}

describe('how tools find the port', () => {
  it('writes what a person expects to see', () => {
    expect(connectionUri(facts)).toBe('postgresql://v_abc:pw-_9@127.0.0.1:5433/shop?sslmode=disable');
    expect(shellExports(facts)).toBe(
      'export PGHOST=127.0.0.1\nexport PGPORT=5433\nexport PGUSER=v_abc\nexport PGPASSWORD=pw-_9\nexport PGDATABASE=shop\nexport PGSSLMODE=disable\n',
    );
    expect(psqlCommand(facts)).toBe("psql 'host=127.0.0.1 port=5433 user=v_abc dbname=shop sslmode=disable'");
  });

  it('keeps every character of hostile names in the address', () => {
    fc.assert(
      fc.property(hostile, (wanted) => {
        const uri = new URL(connectionUri(wanted));
        expect([uri.username, uri.password, uri.pathname.slice(1)].map(decodeURIComponent)).toEqual([
          wanted.user,
          wanted.password,
          wanted.database,
        ]);
        expect([uri.hostname, uri.port]).toEqual([wanted.host, String(wanted.port)]);
      }),
    );
  });

  it('gives a shell exactly these values, whatever is in them', ({ skip }) => {
    const sh = programOr(skip, 'sh');
    fc.assert(
      fc.property(hostile, (wanted) => {
        const printed = execFileSync(sh, ['-c', `${shellExports(wanted)}exec env -0`], { env: {} }).toString();
        const seen = new Map(
          printed.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
        );
        for (const [name, value] of Object.entries(environment(wanted))) expect(seen.get(name)).toBe(value);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the password out of the command, which every user of the machine can read', () => {
    fc.assert(
      fc.property(hostile, (wanted) => {
        const password = 'a-password-that-is-not-a-name';
        expect(psqlCommand({ ...wanted, password } as PortFacts)).not.toContain(password);
      }),
    );
  });
});
