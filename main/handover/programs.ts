/** Finds programs as a shell would, and psql also where installers put it without telling the PATH. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Full path of a program, or null. Relative entries of the PATH are left out. */
export async function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  beside: readonly string[] = [],
): Promise<string | null> {
  if (isAbsolute(name)) return (await runs(name)) ? name : null;
  // A name with a separator would be a path from wherever the app was started.
  if (/[/\\]/.test(name)) return null;
  for (const folder of [...(env.PATH ?? env.Path ?? '').split(delimiter), ...beside]) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (await runs(path)) return path;
  }
  return null;
}

export async function findPsql(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  if (platform === 'win32') return findProgram('psql.exe', env, await versions('C:\\Program Files\\PostgreSQL', 'bin'));
  if (platform !== 'darwin') return findProgram('psql', env);
  // A program that is started from the Dock has the PATH of the system, not of the person's shell.
  return findProgram('psql', env, [
    '/opt/homebrew/bin',
    '/usr/local/bin',
    '/opt/homebrew/opt/libpq/bin',
    '/usr/local/opt/libpq/bin',
    '/Applications/Postgres.app/Contents/Versions/latest/bin',
    ...(await versions('/Library/PostgreSQL', 'bin')),
  ]);
}

/** Newest first. */
async function versions(folder: string, inside: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
    .map((name) => join(folder, name, inside));
}

async function runs(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
