/** What the benches of the cut share: processes that are killed, a look at the server, a person in a browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import type { Stack } from '../../dev/stack/index.ts';

const line = z.union([
  z.object({ held: z.string(), pid: z.int(), until: z.number() }),
  z.object({ cut: z.string(), ms: z.number() }),
]);
export interface Held {
  readonly id: string;
  readonly role: string;
  /** The deadline, ms since 1970. */
  readonly until: number;
}

function start(script: string, ...words: string[]): { child: ChildProcess; lines: Interface } {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output');
  // Benches end with their own process, whatever becomes of this one.
  process.once('exit', () => child.kill('SIGKILL'));
  return { child, lines: createInterface(child.stdout) };
}

/** Opens `count` grants in a process of its own; resolves when a statement runs in each. */
export async function startHolder(stack: Stack, admin: pg.Client, count: number, everyMs: number) {
  const { child, lines } = start('./holder.ts', stack.collectorUrl, String(count), String(everyMs));
  const held: Promise<Held>[] = [];
  /** Milliseconds from the deadline until the app's connection was closed. */
  const cuts: number[] = [];
  const all = Promise.withResolvers<void>();
  lines.on('line', (text) => {
    const said = line.parse(JSON.parse(text));
    if ('cut' in said) cuts.push(said.ms);
    else held.push(roleOf(admin, said.pid).then((role) => ({ id: said.held, role, until: said.until })));
    if (held.length === count) all.resolve();
  });
  child.once('exit', (code) => all.reject(new Error(`the holder ended with ${code}`)));
  await all.promise;
  return { child, held: await Promise.all(held), cuts };
}

/** A relay in front of the target: its port, and its process, to be stopped. */
export async function startWire(to: number): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const { child, lines } = start('./wire.ts', String(to));
  const [port] = (await once(lines, 'line')) as [string];
  return { port: Number(port), child };
}

/** The role behind a backend, as the server knows it. */
async function roleOf(admin: pg.Client, pid: number): Promise<string> {
  for (;;) {
    const { rows } = await admin.query<{ usename: string }>('select usename from pg_stat_activity where pid = $1', [
      pid,
    ]);
    if (rows[0] !== undefined) return rows[0].usename;
    await pause(20);
  }
}

/** For each role, when the server had neither it nor a session of it any more, ms since 1970. */
export async function whenGone(admin: pg.Client, roles: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const gone = new Map<string, number>();
  while (gone.size < roles.length) {
    const wanted = roles.filter((role) => !gone.has(role));
    const { rows } = await admin.query<{ name: string }>(
      'select rolname as name from pg_roles where rolname = any($1) union select usename from pg_stat_activity where usename = any($1)',
      [wanted],
    );
    const at = Date.now();
    const there = new Set(rows.map(({ name }) => name));
    for (const role of wanted) if (!there.has(role)) gone.set(role, at);
    await pause(10);
  }
  return gone;
}

export async function superuser(stack: Stack): Promise<pg.Client> {
  const admin = new pg.Client({ connectionString: stack.target.superuserUrl });
  await admin.connect();
  return admin;
}

/** Somebody on the collector's pages; `post` sends as those pages do. */
export async function openPages(stack: Stack, person: string) {
  const cookiesOf = (answer: Response): string =>
    answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  const begun = await fetch(`${stack.collectorUrl}/auth/login`, { redirect: 'manual' });
  const back = await openUserAgent().signIn(begun.headers.get('location') ?? '', person);
  const done = await fetch(back, { redirect: 'manual', headers: { cookie: cookiesOf(begun) } });
  const cookie = cookiesOf(done);
  const me = await fetch(`${stack.collectorUrl}/v1/me`, { headers: { cookie } });
  const { csrf } = z.object({ csrf: z.string() }).parse(await me.json());
  return {
    async post(path: string): Promise<void> {
      const answer = await fetch(stack.collectorUrl + path, {
        method: 'POST',
        headers: { cookie, origin: stack.collectorUrl, 'x-vitrine-csrf': csrf },
      });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    },
  };
}
