/** Programs of others: found, installed where Debian's packages and root allow it, run, and their words read. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where a client connects, in libpq's words. */
export interface Way {
  readonly name: 'direct' | 'pgbouncer' | 'port';
  readonly env: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
/** pgbench ships with the server; the metapackage names the version that this Debian has. */
const packages = { pgbench: 'postgresql', pgbouncer: 'pgbouncer', psql: 'postgresql-client' } as const;
type Tool = keyof typeof packages;

/** Installs what is absent. Answers with the reason why something is still missing; null when all are there. */
export function missingTools(...wanted: readonly Tool[]): string | null {
  const absent = wanted.filter((tool) => find(tool) === null);
  if (absent.length === 0) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return `${absent.join(', ')} not installed, and only root on a Debian system can install them here`;
  const names = absent.map((tool) => packages[tool]);
  console.error(`installing ${names.join(', ')} with apt-get`);
  try {
    const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    execFileSync('apt-get', ['update', '-q'], quiet);
    // Without their services: the benchmark starts what it needs, as it needs it.
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], {
      ...quiet,
      env: { ...quiet.env, RUNLEVEL: '1' },
    });
  } catch (error) {
    return `apt-get could not install ${names.join(', ')}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const still = absent.filter((tool) => find(tool) === null);
  return still.length === 0 ? null : `${still.join(', ')} not found after installing`;
}

/** Full path; null when it is nowhere. Debian keeps the server's own programs outside the usual path. */
export function find(tool: Tool): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/sbin',
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  return folders.map((folder) => join(folder, tool)).find((path) => existsSync(path)) ?? null;
}

function path(tool: Tool): string {
  const found = find(tool);
  if (found === null) throw new Error(`${tool} is not installed`);
  return found;
}

export interface LoadOptions {
  readonly clients: number;
  readonly mode: 'simple' | 'extended' | 'prepared';
  readonly seconds: number;
  /** Per client, instead of for so many seconds. */
  readonly transactions?: number;
  /** A script instead of the built-in `-S`. */
  readonly script?: string;
}
export interface Load {
  readonly tps: number;
  readonly transactions: number;
  /** Median of the single transactions, ms. */
  readonly p50: number;
}

/** `pgbench -S`: one SELECT by primary key per transaction. Throws when a single one failed. */
export async function pgbench(way: Way, options: LoadOptions): Promise<Load> {
  const { clients, mode, seconds, transactions, script } = options;
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-pgbench-'));
  try {
    const { stdout } = await run(
      path('pgbench'),
      [
        '--no-vacuum',
        `--client=${clients}`,
        `--jobs=${Math.min(2, clients)}`,
        transactions === undefined ? `--time=${seconds}` : `--transactions=${transactions}`,
        `--protocol=${mode}`,
        ...(script === undefined ? ['--select-only'] : [`--file=${script}`]),
        // Times of single transactions cost the generator something, so only the single client is asked for them.
        ...(clients === 1 ? ['--log', `--log-prefix=${join(folder, 'log')}`] : []),
      ],
      { env: { PATH: process.env.PATH, ...way.env }, maxBuffer: 1 << 26 },
    );
    const figure = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
    const load = {
      tps: figure(/^tps = ([\d.]+) \(without/m),
      transactions: figure(/actually processed: (\d+)/),
      p50: clients === 1 ? medianOfLogs(folder) : Number.NaN,
    };
    // Its time begins with connecting, which on a busy machine can take all of it.
    if (load.transactions === 0 && seconds > 0 && seconds < 30)
      return await pgbench(way, { ...options, seconds: 2 * seconds });
    const failed = /number of failed transactions: ([1-9]\d*)/.exec(stdout)?.[1];
    if (failed !== undefined || !(load.tps > 0)) throw new Error(`pgbench through ${way.name}: ${stdout}`);
    return load;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Third column: microseconds of one transaction. */
function medianOfLogs(folder: string): number {
  const times = readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .flatMap((line) => (line === '' ? [] : [Number(line.split(' ')[2])]))
    .sort((a, b) => a - b);
  return (times[times.length >> 1] ?? Number.NaN) / 1000;
}

/** Initialises pgbench's tables; scale 10 is a million accounts. */
export async function pgbenchTables(env: Readonly<Record<string, string>>, scale: number): Promise<void> {
  await run(path('pgbench'), ['--initialize', '--quiet', `--scale=${scale}`], {
    env: { PATH: process.env.PATH, ...env },
  });
}

/** One statement, its output thrown away by the shell's null device; answers the milliseconds it took. */
export async function psql(way: Way, statement: string): Promise<number> {
  const started = performance.now();
  await run(path('psql'), ['-X', '-A', '-t', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-c', statement], {
    env: { PATH: process.env.PATH, ...way.env },
    maxBuffer: 1 << 20,
  });
  return performance.now() - started;
}
