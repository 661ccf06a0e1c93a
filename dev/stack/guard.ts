/**
 * Nothing outlives us. One tiny process per development process waits at the end of a pipe; when the pipe breaks,
 * because this process ended in any way at all (SIGKILL too), it ends every process entrusted to it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process to end with us: first by `signal`, then, if it is still there after `graceMs`, by `last`. */
export interface Ward {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  readonly last: NodeJS.Signals;
  readonly graceMs: number;
}

let guard: ChildProcess | null = null;

/** Entrusts a process to the guard; the answer takes it back, and must be called once the process has ended. */
export function entrust(ward: Ward): () => void {
  tell({ add: ward });
  return () => tell({ remove: ward.pid });
}

function tell(message: { add: Ward } | { remove: number }): void {
  guard ??= startGuard();
  guard.stdin?.write(`${JSON.stringify(message)}\n`);
}

function startGuard(): ChildProcess {
  // A group of its own, so that Ctrl+C in the terminal reaches the stack, which then stops its parts in order.
  const child = spawn(process.execPath, [fileURLToPath(new URL('./guard-process.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
    windowsHide: true,
  });
  child.unref();
  // The pipe must not keep us alive either; `unref` exists on the socket that Node uses for it.
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  child.stdin?.on('error', () => {
    guard = null;
  });
  return child;
}
