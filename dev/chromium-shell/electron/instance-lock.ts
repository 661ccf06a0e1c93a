/**
 * The single-instance lock as files in the user-data folder: synchronous, as `requestSingleInstanceLock` is. A second
 * instance leaves its command line in the folder before it ends; the first one watches for that.
 */
import {
  existsSync,
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../processes.ts';

export interface SecondInstance {
  readonly argv: readonly string[];
  readonly cwd: string;
}
export interface InstanceLock {
  release(): void;
}

/** Null when another process holds the lock; `message` was then handed to it. */
export function takeInstanceLock(
  userData: string,
  message: SecondInstance,
  onSecond: (second: SecondInstance) => void,
): InstanceLock | null {
  const folder = join(userData, 'instance');
  const file = join(folder, 'pid');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > 3) throw error;
    }
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (isAlive(owner)) {
      const name = `second-${process.pid}`;
      writeFileSync(join(folder, `${name}.part`), '');
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(message), { mode: 0o600 });
      rmSync(join(folder, `${name}.part`), { force: true });
      return null;
    }
    // Its owner was killed.
    rmSync(file, { force: true });
  }
  for (const name of readdirSync(folder)) if (name.startsWith('second-')) rmSync(join(folder, name), { force: true });
  const watcher: FSWatcher = watch(folder, () => {
    // Gone with the folder of the app: nobody can ask any more, and this one goes on.
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      if (!/^second-\d+\.json$/.test(name)) continue;
      try {
        // Written by this same function in another process of this user.
        const second = JSON.parse(readFileSync(join(folder, name), 'utf8')) as SecondInstance;
        rmSync(join(folder, name), { force: true });
        onSecond(second);
      } catch (error) {
        // Half written: the event for the rest is still to come.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
  });
  watcher.unref();
  return {
    release: () => {
      watcher.close();
      rmSync(file, { force: true });
    },
  };
}
