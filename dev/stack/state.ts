/** What the embedded stack remembers between starts, and who is using its folder now. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOf, isAlive } from '../processes.ts';

/** `.vitrine/` in the repository, or wherever VITRINE_STATE says. */
export function stateFolder(): string {
  return resolve(process.env.VITRINE_STATE ?? fileURLToPath(new URL('../../.vitrine', import.meta.url)));
}

export interface StackState {
  /** Ports of the last start, used again when they are free: issuer and ledger keep their names. */
  ports: { postgres?: number; identity?: number; collector?: number };
  /** Password of the collector's admin role on the target. */
  readonly targetAdminPassword: string;
}

export function readState(dir: string): StackState {
  const file = join(dir, 'state.json');
  // Written by `writeState`.
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as StackState;
  return { ports: {}, targetAdminPassword: randomBytes(24).toString('base64url') };
}

export function writeState(dir: string, state: StackState): void {
  writeFileSync(join(dir, 'state.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** The process that runs a stack in this folder; null when nobody does. */
export function stackOwner(dir: string): number | null {
  const file = join(dir, 'running');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8'));
  // After a reboot the number may belong to anybody; ours is always a Node program.
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) && /node|vitest/i.test(commandOf(pid)) ? pid : null;
}

/** Takes the folder for this process; the answer gives it back. Throws when another process has it. */
export function takeFolder(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'running');
  for (;;) {
    const owner = stackOwner(dir);
    if (owner !== null) {
      throw new Error(
        `A stack already runs in ${dir} (process ${owner}). Stop it with Ctrl+C in its window, or set VITRINE_STATE to another folder.`,
      );
    }
    try {
      // Of two that start in the same moment one gets it.
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      // Left by one that was killed; or just taken, then the next look finds its owner.
      if (stackOwner(dir) === null) rmSync(file, { force: true });
    }
  }
}
