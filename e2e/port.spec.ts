/** `vitrine port`: the same main process without a window, on the real stack, with real tools on its port. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { isAlive } from '../dev/processes.ts';
import { programOr } from '../dev/programs.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import type { Stack } from '../dev/stack/index.ts';
import { freePort } from '../dev/stack/postgres.ts';
import { openEnvelope } from '../shared/audit/envelope.ts';
import { approve, deny, visit } from './support/desk.ts';
import { electronBinary } from './support/electron-binary.ts';
import { type PortOptions, type PortRun, runPort } from './support/terminal.ts';
import { test as base, expect } from './support/vitrine.ts';

const WHY = ['--ticket', 'INC-4711', '--reason', 'Orders stuck in processing since the 11:40 deploy'];
const READ = ['--severity', 'SEV1', '--scope', 'support-read', ...WHY];
const ALONE = ['--memory-key', '--browser', ...READ];

const test = base.extend<{
  userData: string;
  port(options: Partial<PortOptions> & Pick<PortOptions, 'args'>): PortRun;
}>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner insists on a destructured first parameter
  userData: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-port-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  port: async ({ stack, userData }, use, info) => {
    const shell = info.project.name === 'electron' ? 'electron' : 'chromium';
    const binary = electronBinary();
    base.skip(shell === 'electron' && 'missing' in binary, 'missing' in binary ? binary.missing : '');
    const runs: PortRun[] = [];
    await use((options) => {
      const env = { VITRINE_COLLECTOR: stack.collectorUrl, ...options.env };
      const run = runPort({ userData, shell, ...options, env });
      runs.push(run);
      return run;
    });
    for (const { child, ended } of runs) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    }
  },
});

/** Path of a program of the system; the test is skipped where it is not installed. */
const needs = (name: string): string =>
  programOr((reason) => {
    test.skip(true, reason);
    throw new Error(reason);
  }, name);

/** What the ledger holds of one grant, oldest first. */
async function ledgerOf(stack: Stack, grant: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: stack.postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(
      'select line from ledger_entries where gid = $1 order by index',
      [grant],
    );
    // Cast: the test reads single fields and compares them.
    return rows.map(({ line }) => openEnvelope(line).record as Record<string, unknown>);
  } finally {
    await client.end();
  }
}
/** Statements by connection: only inside a session does the ledger keep the order. */
function statementsIn(ledger: readonly Record<string, unknown>[]): unknown[][] {
  const bySession = new Map<unknown, unknown[]>();
  for (const { typ, origin, op, sid, norm } of ledger)
    if (typ === 'intent' && origin === 'port' && op !== 'parse')
      bySession.set(sid, [...(bySession.get(sid) ?? []), norm]);
  return [...bySession.values()].sort((a, b) => b.length - a.length);
}

test('breaks the glass alone, lets tools in, hands back on Ctrl+C, and every record is in the ledger (I1, I4, I5)', async ({
  port,
  stack,
  roles,
}) => {
  // As a person would start it here: it finds the stack that runs, and signs in by itself.
  const run = port({
    command: [process.execPath, join(import.meta.dirname, '../dev/port.ts')],
    args: ['--login-as', 'amira', '--json', '--memory-key', ...READ, '--minutes', '10'],
    env: { VITRINE_STATE: stack.dir, VITRINE_COLLECTOR: '' },
  });
  const { connection, grant } = await run.event('live');
  expect(await roles()).toEqual([connection.user]);

  const client = new pg.Client({ connectionString: connection.uri, application_name: 'the test' });
  await client.connect();
  expect((await run.event('client')).application_name).toBe('the test');
  expect((await client.query('select count(*)::int as n from shop.orders')).rows).toEqual([{ n: 20_000 }]);
  expect((await client.query('select name from shop.customers where id = $1', [1])).rowCount).toBe(1);
  await expect(client.query('select * from shop.card_tokens')).rejects.toMatchObject({ code: '42501' });
  // What the gate cannot read is not sent, and the terminal says so.
  await expect(client.query('selec 1')).rejects.toThrow();
  expect(await run.event('refused')).toMatchObject({ application_name: 'the test', sqlstate: '42601' });
  const psql = spawnSync(needs('psql'), ['-Atc', 'select 40 + 2'], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: connection.password, ...hostOf(connection) },
  });
  expect([psql.status, psql.stdout.trim()]).toEqual([0, '42']);
  const family = processesUnder(run.child.pid ?? 0);
  expect(family.length).toBeGreaterThan(1);
  for (const pid of family) expect(commandLine(pid)).not.toContain(connection.password);
  await client.end();

  run.child.kill('SIGINT');
  const { summary, delivered } = await run.event('ended');
  expect(await run.ended).toBe(0);
  expect(summary).toMatchObject({ why: 'handed_back', statements: 4, denied: 1, gone_ms: expect.any(Number) });
  expect([delivered, summary.ledger.in_ledger]).toEqual([true, summary.ledger.recorded]);
  expect(await roles()).toEqual([]);
  const ledger = await ledgerOf(stack, grant);
  expect(statementsIn(ledger)).toEqual([
    [
      'select count(*)::int as n from shop.orders',
      'select name from shop.customers where id = $1',
      'select * from shop.card_tokens',
    ],
    ['select $1 + $2'],
  ]);
  const count = (wanted: string): number => ledger.filter(({ typ }) => typ === wanted).length;
  expect([count('session.close'), count('revoked')]).toEqual([count('session.open'), 1]);
  expect(family.filter(isAlive)).toEqual([]);
  expect(run.words()).not.toContain(connection.password);
});

test('waits for an approver, and opens when Li Na approves', async ({ port, desk, roles }) => {
  const run = port({
    args: ['--json', '--memory-key', '--browser', '--scope', 'support-read', '--severity', 'SEV2', ...WHY],
    person: 'amira',
  });
  const { url, approvers } = await run.event('waiting');
  expect(approvers).toContain('Li Na');
  expect(await roles()).toEqual([]);
  const { page } = await desk();
  await visit(page, url, 'Li Na');
  await approve(page, 'Go ahead.');
  const { connection } = await run.event('live');
  expect(await roles()).toEqual([connection.user]);
  // SIGTERM ends it as Ctrl+C does.
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(await roles()).toEqual([]);
});

test('says why when the approver says no, and withdraws what nobody answered on Ctrl+C', async ({
  port,
  desk,
  roles,
}) => {
  const args = ['--json', '--memory-key', '--browser', '--scope', 'support-read', '--severity', 'SEV2', ...WHY];
  const run = port({ args, person: 'amira' });
  const { page } = await desk();
  await visit(page, (await run.event('waiting')).url, 'Li Na');
  await deny(page, 'Use the replica \u001b[2J please');
  expect(await run.event('error')).toMatchObject({
    code: 'denied',
    exit: 3,
    message: expect.stringContaining('replica'),
  });
  expect(await run.ended).toBe(3);
  // What others wrote never reaches the terminal as an escape sequence.
  expect(run.words()).toContain('Use the replica');
  expect(run.words()).not.toContain('\u001b');

  const second = port({ args, person: 'amira' });
  const { url } = await second.event('waiting');
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(130);
  await page.goto(url);
  await expect(page.getByText(/withdrawn/i).first()).toBeVisible();
  expect(await roles()).toEqual([]);
});

test('runs a command under the grant, without a password in its environment, and passes on its exit code', async ({
  port,
  roles,
  userData,
}) => {
  needs('psql');
  const script = `psql -Atc 'select 40 + 2'; env | grep -c PGPASSWORD; stat -c %a "$PGPASSFILE"; psql -v ON_ERROR_STOP=1 -c 'select 1/0'; exit 7`;
  const run = port({ args: [...ALONE, '--', 'sh', '-c', script], person: 'amira' });
  expect(await run.ended).toBe(7);
  expect(run.output()).toBe('42\n0\n600\n');
  expect(run.words()).toContain('division by zero');
  expect(run.words()).toMatch(/Every record is in the ledger: (\d+) of \1\./);
  expect(await roles()).toEqual([]);
  expect(readdirSync(join(userData, 'terminal')).filter((name) => name.startsWith('pgpass'))).toEqual([]);
});

test('signs in by a code where no browser can open, and says whose turn it is', async ({ port, roles }) => {
  const run = port({ args: ['--json', '--memory-key', ...READ] });
  const code = await run.event('sign_in');
  if (code.method !== 'device_code') throw new Error('a browser was asked for');
  await expect.poll(run.words).toContain(code.user_code);
  expect(await openUserAgent().confirmCode(code.verification_uri, code.user_code, 'amira')).toContain('signed in');
  expect((await run.event('signed_in')).person.name).toBe('Amira Haddad');
  await run.event('live');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(await roles()).toEqual([]);
});

test('names everything that is missing or wrong at once, with what there is, and keeps a locked key locked (I6, I7)', async ({
  port,
  userData,
}) => {
  const bad = port({ args: ['--json', '--severty', 'SEV1', '--minutes', 'ten', '--passphrase=x'] });
  expect(await bad.ended).toBe(2);
  const { message } = await bad.event('error');
  for (const words of ['no option --severty', '--minutes', 'never taken from the command line'])
    expect(message).toContain(words);

  const key = { input: 'correct horse\n', person: 'amira' };
  const missing = port({ ...key, args: ['--json', '--browser', '--passphrase-stdin', '--scope', 'nope'] });
  expect(await missing.event('error')).toMatchObject({
    code: 'usage',
    message: [
      '--scope nope is not offered; there are: support-read (Support read: Read 6 tables; customers without email, phone, address), orders-repair (Orders repair: Update orders (status, updated_at, details), read 6 tables; customers without email, phone, address)',
      '--severity is missing; there are: SEV1 (Customers are affected now; 30 min, alone), SEV2 (Degraded, can wait for an approval; 30 min, one approval), DRILL (Exercise, reading only; 10 min, alone)',
      '--ticket is missing: a ticket or incident, like INC-4711',
      '--reason is missing: a sentence of 8 to 500 characters',
    ].join('\n'),
  });
  expect(await missing.ended).toBe(2);

  // Nobody else can read what it keeps, and the wrong passphrase changes nothing.
  const file = join(userData, 'terminal', 'device.json');
  expect(statSync(join(userData, 'terminal')).mode & 0o077).toBe(0);
  const kept = readFileSync(file, 'utf8');
  const wrong = port({ input: 'wrong horse\n', args: ['--json', '--browser', '--passphrase-stdin', ...READ] });
  expect(await wrong.ended).toBe(4);
  expect((await wrong.event('error')).code).toBe('wrong_passphrase');
  expect(readFileSync(file, 'utf8')).toBe(kept);

  const asks = port({ args: ['--json', ...READ] });
  expect(await asks.ended).toBe(2);
  expect((await asks.event('error')).hint).toContain('--passphrase-stdin');
});

test('asks a person at a terminal for what is missing, shows the password there, and never a passphrase (I7)', async ({
  port,
  roles,
  userData,
}) => {
  needs('script');
  const run = port({ terminal: true, args: [] });
  await run.answer(/New passphrase, at least 8 characters: /, 'correct horse\r');
  await run.answer(/The same again: /, 'another horse\r');
  await run.answer(/not the same.*New passphrase[^:]*: /s, 'correct horse\r');
  await run.answer(/The same again: /, 'correct horse\r');
  const [, page = '', code = ''] = await run.answer(/(http\S+)\s+and type\s+\S*?([A-Z]{4}-[A-Z]{4})/, '');
  await openUserAgent().confirmCode(page, code, 'amira');
  await run.answer(/1 {2}support-read .*Which one\? \[1\] /s, '\r');
  await run.answer(/SEV1 .*Which one\? \[1\] /s, 'sev1\r');
  await run.answer(/Incident: /, 'stuck\r');
  await run.answer(/like INC-4711.*Incident: /s, 'inc-4711\r');
  await run.answer(/Why: /, 'Orders stuck in processing\r');
  const [uri] = await run.answer(/postgresql:\/\/\S+sslmode=disable/, '');
  const client = new pg.Client({ connectionString: uri, application_name: 'the \u001b[2Jtest' });
  await client.connect();
  await client.query('select 1');
  await run.answer(/the \S*test \(process \d+\) connected/, '');
  await client.end();
  await run.answer(/disconnected.*(29|30):\d\d.* left/s, '\u0003');
  await run.answer(/Every record is in the ledger: (\d+) of \1\./, '');
  expect(await run.ended).toBe(0);
  expect(run.output()).not.toMatch(/horse/);
  expect(await roles()).toEqual([]);

  const again = port({ terminal: true, args: [] });
  await again.answer(/Passphrase of this device’s key: /, 'wrong horse\r');
  await again.answer(/does not open the key.*Passphrase of this device’s key: /s, '\u0003');
  expect(await again.ended).toBe(130);
  expect(existsSync(join(userData, 'terminal', 'device.json'))).toBe(true);
});

test('says that the collector is away, tries again, and stops at any moment', async ({ port }) => {
  const run = port({ args: ['--json', ...ALONE], env: { VITRINE_COLLECTOR: `http://127.0.0.1:${await freePort()}` } });
  expect((await run.event('problem')).code).toBe('collector_unreachable');
  await expect.poll(run.words).toContain('tried again');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(5);
  expect((await run.event('error')).code).toBe('collector_unreachable');
});

test('lets one run at a time write its log, and ends at once on the second Ctrl+C (I5)', async ({ port, stack }) => {
  const key = { input: 'correct horse\n', person: 'amira' };
  const args = ['--json', '--browser', '--passphrase-stdin', ...READ, '--minutes', '1'];
  const first = port({ ...key, args });
  const { connection, grant } = await first.event('live');
  const second = port({ ...key, args });
  expect(await second.ended).toBe(8);
  expect((await second.event('error')).code).toBe('already_running');

  await stack.collector.stop();
  const client = new pg.Client({ connectionString: connection.uri });
  await client.connect();
  await client.query('select 4711');
  await client.end();
  first.child.kill('SIGINT');
  await first.event('ending');
  await new Promise((resolve) => setTimeout(resolve, 700));
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(130);
  expect(first.words()).toContain('sent at the next start');

  await stack.collector.start();
  const next = port({
    ...key,
    args: ['--json', '--browser', '--passphrase-stdin', '--severity', 'SEV2', '--scope', 'support-read', ...WHY],
  });
  await next.event('waiting');
  await expect.poll(async () => statementsIn(await ledgerOf(stack, grant))).toEqual([['select $1']]);
  next.child.kill('SIGINT');
  expect(await next.ended).toBe(130);
});

test('at the deadline tools hear FATAL 57P01; after SIGKILL in mid-statement the record says unknown, and the role is gone all the same (I3, I5)', async ({
  port,
  stack,
  target,
  roles,
  userData,
}) => {
  test.setTimeout(240_000);
  const key = { input: 'correct horse\n', person: 'amira' };
  const killedData = join(userData, 'killed');
  const keyed = ['--json', '--browser', '--passphrase-stdin', ...READ, '--minutes', '1'];
  const killed = port({ ...key, args: keyed, userData: killedData });
  const held = port({
    args: ['--json', ...ALONE, '--minutes', '1'],
    person: 'amira',
    userData: join(userData, 'held'),
  });
  const [one, two] = [await killed.event('live'), await held.event('live')];
  const opened = Date.now();
  for (const { connection } of [one, two]) {
    const client = new pg.Client({ connectionString: connection.uri });
    client.on('error', () => undefined);
    await client.connect();
    client.query('select pg_sleep(500)').catch(() => undefined);
  }
  const idle = new pg.Client({ connectionString: two.connection.uri });
  const told = new Promise<unknown>((resolve) => idle.on('error', resolve));
  await idle.connect();
  const sleeping = "select from pg_stat_activity where query like '%pg_sleep(500)%' and pid <> pg_backend_pid()";
  await expect.poll(async () => (await target.query(sleeping)).rowCount).toBe(2);
  killed.child.kill('SIGKILL');

  expect((await held.event('warning')).left_ms).toBeLessThanOrEqual(60_000);
  expect((await held.event('ending')).why).toBe('expired');
  expect(await told).toMatchObject({
    code: '57P01',
    severity: 'FATAL',
    message: expect.stringContaining('grant expired at'),
  });
  const { summary } = await held.event('ended');
  expect(summary).toMatchObject({ why: 'expired', cut: { text: expect.stringContaining('pg_sleep(500)') } });
  expect(await held.ended).toBe(6);
  expect(held.words()).toContain('The time is over');
  await expect.poll(roles, { timeout: 30_000 }).toEqual([]);
  expect(Date.now() - opened).toBeLessThan(60_000 + 15_000);
  expect((await target.query(sleeping)).rowCount).toBe(0);

  const next = port({
    ...key,
    userData: killedData,
    args: ['--json', '--browser', '--passphrase-stdin', '--severity', 'SEV2', '--scope', 'support-read', ...WHY],
  });
  await next.event('waiting');
  await expect
    .poll(async () =>
      (await ledgerOf(stack, one.grant)).filter(({ typ }) => typ === 'outcome').map(({ result }) => result),
    )
    .toContain('unknown');
  next.child.kill('SIGINT');
  expect(await next.ended).toBe(130);
});

const hostOf = ({ host, port, user, database }: { host: string; port: number; user: string; database: string }) => ({
  PGHOST: host,
  PGPORT: String(port),
  PGUSER: user,
  PGDATABASE: database,
});
/** A process and all that it has started, as Linux tells. */
function processesUnder(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
  return [pid, ...children.flatMap(processesUnder)];
}
const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
