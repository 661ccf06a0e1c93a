import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOr } from '../../dev/programs.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { openPortRig, type PortRig, until } from '../proxy/port/testing.ts';
import { sharedWorld } from '../proxy/test-hooks.ts';
import { type Handover, openHandover } from './index.ts';

const world = sharedWorld(temporaryPostgres);

/** A machine of its own: programs, a runtime directory, and what a terminal there has written down. */
let machine: string;
let rig: PortRig;
const defects: unknown[] = [];
beforeEach(async () => {
  machine = mkdtempSync(join(tmpdir(), 'vitrine-machine-'));
  for (const name of ['bin', 'run', 'seen']) mkdirSync(join(machine, name));
  // No terminal of the real machine is ever found.
  for (const name of ['cat', 'env', 'mkfifo', 'script', 'sh']) link(name);
  rig = await openPortRig(world);
});
afterEach(async () => {
  await rig.close();
  rmSync(machine, { recursive: true, force: true });
  expect(defects.splice(0)).toEqual([]);
});

const link = (name: string): void => {
  const path = execFileSync('/bin/sh', ['-c', `command -v ${name} || true`], { encoding: 'utf8' }).trim();
  if (path !== '') symlinkSync(path, join(machine, 'bin', name));
};
const program = (name: string, text: string): void => {
  writeFileSync(join(machine, 'bin', name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(machine, 'bin', name), 0o755);
};
/** Notes its arguments and its environment. */
const NOTES = `printf '%s\\0' "$@" > '$SEEN/args'; env -0 > '$SEEN/env'`;
const notes = (): string => NOTES.replaceAll('$SEEN', join(machine, 'seen'));
const seen = (name: string): string => readFileSync(join(machine, 'seen', name), 'utf8');
const held = (): string[] => readdirSync(join(machine, 'run'), { recursive: true, encoding: 'utf8' });

function handover(options: { forMs?: number; watchMs?: number; mono?: () => number } = {}): Handover & {
  text(): string;
} {
  let text = '';
  const made = openHandover({
    clipboard: {
      readText: async () => text,
      async writeText(value) {
        text = value;
      },
      clear() {
        text = '';
      },
    },
    platform: 'linux',
    env: {
      PATH: join(machine, 'bin'),
      HOME: machine,
      TERM: 'xterm',
      PSQL_PAGER: 'cat',
      PGPASSWORD: 'their own',
    },
    runtimeDirs: [join(machine, 'not there'), join(machine, 'run')],
    mono: options.mono ?? (() => performance.now()),
    onDefect: (error) => defects.push(error),
    forMs: options.forMs ?? 60_000,
    watchMs: options.watchMs ?? 100,
  });
  return Object.assign(made, { text: () => text });
}
/** As the composition root does at every change. */
const follow = (made: Handover): void => made.follow(rig.port.state());

describe('psql in a terminal', () => {
  it('connects with a password that is in nobody’s arguments or environment, and on disk only until then (I7)', async ({
    skip,
  }) => {
    programOr(skip, 'psql');
    link('psql');
    if (process.platform !== 'linux') skip('script(1) has other options elsewhere');
    programOr(skip, 'script');
    const { password } = await rig.port.open();
    const made = handover();
    follow(made);
    // A stand-in with a real pseudo-terminal; what is typed comes from the test.
    const keys = join(machine, 'keys');
    program(
      'x-terminal-emulator',
      `${notes()}
mkfifo '${keys}'
shift
exec script -qfec "$*" '${join(machine, 'seen', 'screen')}' < '${keys}'`,
    );
    await made.openPsql(rig.port);
    const [dash, sh, script] = seen('args').split('\0');
    expect([dash, sh, dirname(script ?? '').startsWith(join(machine, 'run', 'vitrine-psql-'))]).toEqual([
      '-e',
      'sh',
      true,
    ]);
    const passfile = join(dirname(script ?? ''), 'password');
    expect(statSync(dirname(passfile)).mode & 0o777).toBe(0o700);
    expect(statSync(passfile).mode & 0o777).toBe(0o600);
    expect(readFileSync(passfile, 'utf8')).toContain(password);
    await until(() => existsSync(keys), 'the terminal is there');
    const keyboard = await open(keys, 'w');
    try {
      await until(
        () => rig.port.state().clients.some(({ application }) => application === 'psql'),
        'psql has connected',
      );
      follow(made);
      await until(() => !existsSync(passfile), 'the password is gone from the disk');
      await keyboard.write("select 'through ' || 'the port' as v;\n");
      await until(() => seen('screen').includes('through the port'), 'psql has answered');
      const everything = [
        seen('args'),
        seen('env'),
        readFileSync(script ?? '', 'utf8'),
        seen('screen'),
        ...rig.intents.map(({ text }) => text),
      ];
      expect(everything.join('\n')).not.toContain(password);
      await rig.port.close();
      follow(made);
      await until(() => held().length === 0, 'nothing of it is left');
      await keyboard.write('select 1;\n\\q\n');
      await until(() => seen('screen').includes('local port closed by the user'), 'psql was told why');
    } finally {
      // The end of what is typed ends the terminal.
      await keyboard.close();
    }
  });

  it.each([
    ['psql', ['x-terminal-emulator'], 'no_psql', /^psql was not found/, /postgresql-client.*connection string/],
    ['a terminal', ['psql'], 'no_terminal', /^No terminal program was found/, /Copy the psql command/],
  ])('says what to do where there is no %s (I6)', async (_what, programs, code, message, hint) => {
    await rig.port.open();
    for (const name of programs) program(name, 'exit 0');
    const made = handover();
    follow(made);
    await expect(made.openPsql(rig.port)).rejects.toMatchObject({
      name: 'Fault',
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(held()).toEqual([]);
  });

  it('tries the next terminal where one fails, and names them all where each does', async () => {
    await rig.port.open();
    program('psql', 'exit 0');
    program('x-terminal-emulator', 'exit 3');
    program('xterm', 'exit 1');
    const made = handover({ watchMs: 20_000 });
    follow(made);
    await expect(made.openPsql(rig.port)).rejects.toMatchObject({
      code: 'no_terminal',
      message: expect.stringMatching(
        /^No terminal could be opened: x-terminal-emulator ended at once \(3\); xterm ended at once \(1\)\.$/,
      ),
    });
    expect(held()).toEqual([]);
    program('xterm', notes());
    await made.openPsql(rig.port);
    expect(seen('args')).toMatch(/^-e\0sh\0/);
  });

  it('is not opened while the port is closed, full, or another one is still coming (I6)', async () => {
    program('psql', 'exit 0');
    program('x-terminal-emulator', 'exit 0');
    let now = 0;
    const made = handover({ mono: () => now, watchMs: 20_000 });
    follow(made);
    await expect(made.openPsql(rig.port)).rejects.toMatchObject({ code: 'port_closed' });
    await rig.port.open();
    follow(made);
    await made.openPsql(rig.port);
    await expect(made.openPsql(rig.port)).rejects.toMatchObject({ code: 'psql_starting' });
    now = 5000;
    await made.openPsql(rig.port);
    now = 10_000;
    while (rig.port.state().clients.length < rig.port.state().limit) await rig.tool();
    await expect(made.openPsql(rig.port)).rejects.toMatchObject({ code: 'port_full' });
  });

  it('does not keep the password for a psql that never comes, nor after the port was closed', async () => {
    program('psql', 'exit 0');
    program('x-terminal-emulator', 'exit 0');
    await rig.port.open();
    const made = handover({ forMs: 50, watchMs: 20_000 });
    follow(made);
    await made.openPsql(rig.port);
    await until(() => !held().some((name) => name.endsWith('password')), 'the password is gone from the disk');
    expect(held()).not.toEqual([]);
    made.follow(null);
    await until(() => held().length === 0, 'nothing of it is left');
  });
});

describe('the clipboard', () => {
  it('gets what was asked for, and loses it when the port is closed (I7)', async () => {
    const facts = await rig.port.open();
    const made = handover();
    follow(made);
    expect(await made.copy('uri', rig.port)).toEqual({ clears_in_s: 60 });
    expect(made.text()).toMatch(/^postgresql:\/\/.+@127\.0\.0\.1:\d+\/shop\?sslmode=disable$/);
    expect(await made.copy('env', rig.port)).toEqual({ clears_in_s: 60 });
    expect(made.text()).toContain(`export PGPASSWORD=${facts.password}\n`);
    expect(await made.copy('psql', rig.port)).toEqual({ clears_in_s: null });
    expect(made.text()).toMatch(/^psql 'host=127\.0\.0\.1 /);
    expect(made.text()).not.toContain(facts.password);
    expect(await made.copy('password', rig.port)).toEqual({ clears_in_s: 60 });
    expect(made.text()).toBe(facts.password);
    follow(made);
    expect(made.text()).toBe(facts.password);
    await rig.port.close();
    follow(made);
    await until(() => made.text() === '', 'the clipboard is empty');
    await expect(made.copy('uri', rig.port)).rejects.toMatchObject({ code: 'port_closed' });
  });

  it('keeps a command without a secret when the port is closed', async () => {
    await rig.port.open();
    const made = handover();
    follow(made);
    await made.copy('password', rig.port);
    await made.copy('psql', rig.port);
    await rig.port.close();
    follow(made);
    // Reading the clipboard comes in its turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(made.text()).toMatch(/^psql /);
  });
});
