import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { programOr } from '../../dev/programs.ts';
import { conninfo, type PortFacts, passfileLine } from '../proxy/index.ts';
import { findProgram } from './programs.ts';
import { commandScript, shellScript } from './script.ts';
import { terminalsOf } from './terminals.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const commands = (platform: NodeJS.Platform, env: Record<string, string>) =>
  terminalsOf(platform, env).map(({ program, args }) => [program, ...args('/x/s')].join(' '));

describe('the terminals', () => {
  it('begin with the one that the person or the desktop has chosen', () => {
    expect(commands('linux', {}).slice(0, 2)).toEqual(['xdg-terminal-exec sh /x/s', 'x-terminal-emulator -e sh /x/s']);
    expect(commands('linux', { TERMINAL: 'kitty', XDG_CURRENT_DESKTOP: 'KDE' }).slice(0, 2)).toEqual([
      'kitty sh /x/s',
      'konsole -e sh /x/s',
    ]);
    expect(commands('linux', { TERMINAL: '/opt/their-own' })[0]).toBe('/opt/their-own -e sh /x/s');
    const all = commands('linux', { TERMINAL: 'xterm' });
    expect(new Set(all).size).toBe(all.length);
  });

  it('are those of the system elsewhere', () => {
    expect(commands('darwin', {})).toEqual(['/usr/bin/open -a Terminal /x/s']);
    expect(commands('win32', { ComSpec: 'C:\\cmd.exe' })).toEqual([
      'wt.exe new-tab --title psql C:\\cmd.exe /d /c /x/s',
      'C:\\cmd.exe /d /c /x/s',
    ]);
  });
});

describe('programs', () => {
  it('are found on the PATH and nowhere near the folder that the app was started in', async () => {
    const path = join(folder, 'tool');
    writeFileSync(path, '#!/bin/sh\n');
    expect(await findProgram('tool', { PATH: folder })).toBeNull();
    chmodSync(path, 0o755);
    expect(await findProgram('tool', { PATH: `/nowhere:.::${folder}` })).toBe(path);
    expect(await findProgram(path, {})).toBe(path);
    expect(await findProgram('./tool', { PATH: folder })).toBeNull();
    expect(await findProgram('tool', { PATH: 'relative' })).toBeNull();
    expect(await findProgram('tool', {}, [folder])).toBe(path);
    expect(await findProgram(folder, {})).toBeNull();
  });
});

/** As a database or a role may be named. */
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.replaceAll('\0', "'"));
const facts = (user: string, database: string): PortFacts => ({
  host: '127.0.0.1',
  port: 5433,
  user,
  password: 'a-password-that-is-not-a-name',
  database,
});

describe('the script', () => {
  it('gives psql one argument, whatever is in the names, and nothing else of the person’s set-up', ({ skip }) => {
    const sh = programOr(skip, 'sh');
    const psql = join(folder, "p's ql");
    writeFileSync(
      psql,
      '#!/bin/sh\nprintf "%s\\0" "$#" "$1" "$PGHOSTADDR$PGPASSWORD$PGSERVICE" "$PGREQUIREAUTH" "$PGOPTIONS"\n',
    );
    chmodSync(psql, 0o755);
    fc.assert(
      fc.property(name, name, (user, database) => {
        const wanted = conninfo(facts(user, database), '/run/x/password');
        const said = execFileSync(sh, ['-c', shellScript(psql, wanted)], {
          env: {
            PGHOSTADDR: '192.0.2.1',
            PGPASSWORD: 'mine',
            PGSERVICE: 'mine',
            PGREQUIREAUTH: 'none',
            PGOPTIONS: '-c geqo=off',
          },
        }).toString();
        const [count, argument, misleading, required, options] = said.slice(said.indexOf('\x07') + 1).split('\0');
        expect([count, argument, misleading]).toEqual(['1', wanted, '']);
        expect([required, options]).toEqual(['scram-sha-256', '-c geqo=off']);
      }),
      { numRuns: 30 },
    );
  });

  it('holds no password (I7)', () => {
    const { password } = facts('v', 'shop');
    const wanted = conninfo(facts('v', 'shop'), '/run/x/password');
    expect(shellScript('/usr/bin/psql', wanted) + commandScript('C:\\psql.exe', wanted)).not.toContain(password);
  });

  it('is refused where the Windows console could read a name as something else (I6)', () => {
    const wanted = conninfo(facts('v', '100%'), 'C:\\Temp\\password');
    expect(commandScript('C:\\Program Files\\psql.exe', wanted)).toContain(
      `"C:\\Program Files\\psql.exe" "host=127.0.0.1 port=5433 user=v dbname='100%%' sslmode=disable passfile='C:\\\\Temp\\\\password'"\r\n`,
    );
    for (const bad of ['a"b', 'a&calc', 'a|b', 'a\r\nb', 'a^b', 'a>b'])
      expect(() => commandScript('C:\\psql.exe', conninfo(facts('v', bad)))).toThrow('Windows console');
  });

  it('has its password where libpq looks for it, also with colons in the names', () => {
    expect(passfileLine(facts('v:1\\2', 'shop'))).toBe('127.0.0.1:5433:*:v\\:1\\\\2:a-password-that-is-not-a-name\n');
  });
});
