/** Other tools through the local port, as a person at the keyboard lets them in and ends them. (I1, I3, I7) */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import pg from 'pg';
import { programOr } from '../dev/programs.ts';
import { breakTheGlass, everyRecordArrived, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

// biome-ignore lint/correctness/noEmptyPattern: the test runner insists on a destructured first parameter
test.beforeEach(({}, info) => {
  test.skip(info.project.name === 'electron', 'only the double tells what is on the clipboard');
});
/** `test.skip` ends the test by throwing, which its type does not say. */
function skip(reason: string): never {
  test.skip(true, reason);
  throw new Error(reason);
}
const psqlOr = (): string => programOr(skip, 'psql');

const TOGGLE = 'ControlOrMeta+Shift+D';
const panelOf = (page: Page) => page.getByRole('dialog', { name: 'Local port' });

/** Moves the focus as a keyboard does, until it is on the button. */
async function tabTo(page: Page, name: string): Promise<void> {
  // A question comes last on the page, and may have a button of the same name behind it.
  const wanted = page.getByRole('button', { name, exact: true }).last();
  await wanted.waitFor();
  for (let i = 0; i < 40; i++) {
    if (await wanted.evaluate((button) => button === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is not reached by keyboard`);
}

/** Every state that the page is told from now on. */
async function listen(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    window.vitrine.onState((state) => heard.push(state));
  });
  return () => page.evaluate(() => JSON.stringify((window as unknown as { heard: unknown[] }).heard));
}

interface Psql {
  readonly child: ChildProcess;
  type(text: string): void;
  /** What it has said when it ends, with its exit code. */
  readonly ended: Promise<{ code: number | null; said: string }>;
}
function psql(program: string, uri: string): Psql {
  const child = spawn(program, ['-X', '-v', 'VERBOSITY=verbose', uri], {
    env: { PATH: process.env.PATH ?? '', PGCONNECT_TIMEOUT: '20' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  // It may have ended.
  child.stdin.on('error', () => undefined);
  return {
    child,
    type: (text) => child.stdin.write(text),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, said }))),
  };
}

const refused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

test('psql works through the local port, is seen, ended by keyboard, and cut with the glass (I1, I3, I7)', async ({
  signedIn,
}) => {
  const program = psqlOr();
  const app = await signedIn();
  const { page } = app;
  await breakTheGlass(page, SEV1);
  const heard = await listen(page);
  await runSql(page, 'select 1 as one;');

  await page.keyboard.press(TOGGLE);
  await panelOf(page).waitFor();
  await page.keyboard.press('Enter');
  await panelOf(page).getByText('Nothing is connected. Paste the connection string into your tool.').waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => app.copied.at(-1)).toMatch(/^postgresql:\/\//);
  const uri = app.copied.at(-1) ?? '';
  const { password, port } = new URL(uri);
  expect(password).toMatch(/^[\w-]{32}$/);
  await expect(page.locator('.toast')).toContainText('Vitrine clears it in 60 seconds');
  await expect(page.locator('.status')).toContainText(`Local port 127.0.0.1:${port}`);

  const first = psql(program, uri);
  await panelOf(page).getByText('psql', { exact: true }).waitFor();
  await expect(page.locator('.toast')).toContainText(['psql is connected through the local port.']);
  first.type('begin;\nselect count(*) from shop.orders;\n');
  await expect(panelOf(page)).toContainText('2 statements');
  await expect(panelOf(page)).toContainText('transaction open');
  await expect(page.locator('.status .port-control')).toContainText('psql');

  await tabTo(page, 'Disconnect psql');
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Disconnect psql?' });
  await expect(question).toContainText('A transaction is open; what it has done is rolled back.');
  await tabTo(page, 'Disconnect');
  await page.keyboard.press('Enter');
  await panelOf(page).getByText('Nothing is connected.').waitFor();
  first.type('select 2;\n');
  const cut = await first.ended;
  expect(cut.said).toMatch(/FATAL: {2}57P01: disconnected by the user at \d\d:\d\d UTC/);
  expect(cut.code).not.toBe(0);

  // Somebody who does not know the password is told, and so is the person.
  const stranger = new pg.Client({ connectionString: uri.replace(password, 'guessed') });
  await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
  await expect(page.locator('.toast.warn')).toContainText('A program tried the local port with a wrong password');
  await expect(panelOf(page)).toContainText('Turned away');

  const second = psql(program, uri);
  second.type('select 3 as three;\n');
  await expect(panelOf(page)).toContainText('1 statement');
  // Nothing of the password is in the page, and nothing in what it was told.
  const everything =
    (await page.content()) + (await heard()) + JSON.stringify(await page.evaluate(() => window.vitrine.getState()));
  for (const [words, there] of [
    ['tried the local port with a wrong password', true],
    ['password authentication failed', true],
    [password, false],
  ] as const)
    expect(everything.includes(words)).toBe(there);
  expect(await page.evaluate(() => Object.keys(localStorage).length + Object.keys(sessionStorage).length)).toBe(0);

  await page.keyboard.press('Escape');
  await panelOf(page).waitFor({ state: 'detached' });
  await page.keyboard.press('ControlOrMeta+Shift+H');
  await expect(page.getByRole('dialog', { name: 'Hand back now?' })).toContainText(
    '1 tool will be disconnected: psql.',
  );
  await tabTo(page, 'Hand back');
  await page.keyboard.press('Enter');
  await everyRecordArrived(page);
  const end = second.ended;
  second.type('select 4;\n');
  expect((await end).said).toMatch(/FATAL: {2}57P01: grant handed back at \d\d:\d\d UTC/);
  expect(await refused(Number(port))).toBe(true);
  await expect.poll(() => app.copied.at(-1)).toBe('');

  const summary = page.locator('.summary');
  await expect(summary).toContainText('psql was disconnected');
  await expect(summary.locator('.figures')).toContainText('statements4');
  await expect(summary.locator('li', { hasText: 'select 3 as three' })).toContainText('local port');
  await expect(summary.locator('li', { hasText: 'select 1 as one' })).not.toContainText('local port');
  expect(app.output()).not.toContain(password);
});

test('psql is opened in a terminal of the system, and its password does not stay on the disk (I7)', async ({
  signedIn,
}) => {
  psqlOr();
  test.skip(process.platform !== 'linux', 'script(1) has other options elsewhere');
  programOr(skip, 'script');
  const machine = mkdtempSync(join(tmpdir(), 'vitrine-machine-'));
  let keyboard: ChildProcess | null = null;
  try {
    mkdirSync(join(machine, 'run'));
    const terminal = join(machine, 'terminal');
    const seen = (name: string) => join(machine, name);
    writeFileSync(
      terminal,
      `#!/bin/sh
printf '%s\\0' "$@" > '${seen('args')}'
env -0 > '${seen('env')}'
shift
mkfifo '${seen('keys')}'
exec script -qfec "$*" '${seen('screen')}' < '${seen('keys')}'
`,
    );
    chmodSync(terminal, 0o755);
    const app = await signedIn({ env: { TERMINAL: terminal, XDG_RUNTIME_DIR: join(machine, 'run') } });
    const { page } = app;
    await breakTheGlass(page, SEV1);
    await page.keyboard.press(TOGGLE);
    await page.keyboard.press('Enter');
    await tabTo(page, 'Open psql');
    await page.keyboard.press('Enter');
    await expect.poll(() => existsSync(seen('keys')), { timeout: 15_000 }).toBe(true);
    // A keyboard that types nothing.
    keyboard = spawn('sh', ['-c', `exec sleep 600 > '${seen('keys')}'`]);
    await panelOf(page).getByText('psql', { exact: true }).waitFor();
    const held = () =>
      readdirSync(join(machine, 'run'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.includes('vitrine'),
      );
    await expect.poll(() => held().some((name) => name.endsWith('password'))).toBe(false);
    await tabTo(page, 'Password');
    await page.keyboard.press('Enter');
    await expect.poll(() => app.copied.at(-1)).toMatch(/^[\w-]{32}$/);
    const password = app.copied.at(-1) ?? '';
    for (const name of ['args', 'env', 'screen']) expect(readFileSync(seen(name), 'utf8')).not.toContain(password);
    await tabTo(page, 'Close port…');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Close the local port?' })).toContainText(
      '1 tool will be disconnected',
    );
    await tabTo(page, 'Close port');
    await page.keyboard.press('Enter');
    await panelOf(page).getByText('Lets psql, DBeaver or any other tool').waitFor();
    await expect.poll(held).toEqual([]);
    await expect.poll(() => app.copied.at(-1)).toBe('');
  } finally {
    keyboard?.kill();
    rmSync(machine, { recursive: true, force: true });
  }
});
