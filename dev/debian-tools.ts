/**
 * The database tools of Debian that the proofs of the proxy run: psql, pgbench, Python's psycopg2, Java's JDBC driver.
 * Found, or installed with apt-get where that is possible; a test whose tool is missing is skipped with the reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface DebianTools {
  readonly psql: string | null;
  readonly pgbench: string | null;
  /** A Python that can import psycopg2. */
  readonly python: string | null;
  /** A Java that can run a source file, and the driver's archive. */
  readonly java: { readonly program: string; readonly driver: string } | null;
  /** One line for each that is not there. */
  readonly missing: readonly string[];
}

export interface ToolsOptions {
  /** Install what is missing. */
  readonly install?: boolean;
  readonly log?: (line: string) => void;
}

const driver = '/usr/share/java/postgresql.jar';
const tools: readonly { readonly name: keyof DebianTools; readonly there: () => boolean; readonly packages: string }[] =
  [
    { name: 'psql', there: () => answers('/usr/bin/psql', '--version'), packages: 'postgresql-client' },
    // In Debian it comes with the server, which is not started for it.
    { name: 'pgbench', there: () => answers('/usr/bin/pgbench', '--version'), packages: 'postgresql-contrib' },
    { name: 'python', there: () => answers('/usr/bin/python3', '-c', 'import psycopg2'), packages: 'python3-psycopg2' },
    {
      name: 'java',
      there: () => existsSync(driver) && existsSync('/usr/bin/java') && existsSync('/usr/bin/javac'),
      packages: 'libpostgresql-jdbc-java default-jdk-headless',
    },
  ];

export function findDebianTools({ install = false, log = console.log }: ToolsOptions = {}): DebianTools {
  const absent = tools.filter(({ there }) => !there());
  if (install && absent.length > 0)
    installWithApt(
      absent.flatMap(({ packages }) => packages.split(' ')),
      log,
    );
  const there = new Set(
    tools.filter((tool) => !absent.includes(tool) || (install && tool.there())).map(({ name }) => name),
  );
  return {
    psql: there.has('psql') ? '/usr/bin/psql' : null,
    pgbench: there.has('pgbench') ? '/usr/bin/pgbench' : null,
    python: there.has('python') ? '/usr/bin/python3' : null,
    java: there.has('java') ? { program: '/usr/bin/java', driver } : null,
    missing: tools
      .filter(({ name }) => !there.has(name))
      .map(({ name, packages }) => `${name} (Debian: ${packages}) is not installed here`),
  };
}

const answers = (program: string, ...args: string[]): boolean =>
  existsSync(program) && spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function installWithApt(packages: readonly string[], log: (line: string) => void): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  log(`Installing ${packages.join(', ')} with apt-get, because the proofs of the proxy run real database tools…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): boolean => spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0;
  const get = (): boolean => apt('install', '-y', '--no-install-recommends', ...packages);
  if (!get() && apt('update')) get();
}
