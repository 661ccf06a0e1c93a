/** Holds the policy in force and follows its file: a change that is valid takes effect, one that is not changes nothing (I6). */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { loadPolicy, PolicyFault } from './load.ts';
import type { Policy } from './model.ts';

export interface PolicyKeeper {
  /** The policy in force. Immutable: ask again for every decision. */
  current(): Policy;
  /** Why the newest file did not take effect; null when it did. */
  problem(): PolicyFault | null;
  /** Called after a change took effect; an error in it is reported, the policy stays in force. */
  onChange(listener: (policy: Policy) => Promise<void>): void;
  /** Reads the file as it is now, not as it was before the call. Answers whether a new policy took effect. */
  reload(): Promise<boolean>;
  close(): void;
}

interface Reports {
  invalid(fault: PolicyFault): void;
  changed(policy: Policy): void;
  failed(error: unknown): void;
}

/** Throws a PolicyFault with file, line and column when the file is invalid now. `pollMs` catches what fs.watch misses (NFS, mounts). */
export async function keepPolicy(path: string, reports: Reports, pollMs = 5_000): Promise<PolicyKeeper> {
  let current = await loadPolicy(path);
  let fault: PolicyFault | null = null;
  const listeners: ((policy: Policy) => Promise<void>)[] = [];
  let reading: Promise<boolean> | null = null;
  let again: Promise<boolean> | null = null;

  const read = async (): Promise<boolean> => {
    let next: Policy;
    try {
      next = await loadPolicy(path);
    } catch (error) {
      if (!(error instanceof PolicyFault)) throw error;
      // Polling meets the same broken file again and again; it is told once.
      if (fault?.message !== error.message) reports.invalid(error);
      fault = error;
      return false;
    }
    fault = null;
    if (next.hash === current.hash) return false;
    current = next;
    reports.changed(next);
    for (const listener of listeners) await listener(next);
    return true;
  };
  const reload = (): Promise<boolean> => {
    if (reading === null) {
      reading = read().finally(() => {
        reading = null;
      });
      return reading;
    }
    // What is being read may be older than what the caller knows of: it is read once more.
    again ??= reading
      .catch(() => false)
      .then(() => {
        again = null;
        return reload();
      });
    return again;
  };
  const quietly = async (): Promise<void> => {
    try {
      await reload();
    } catch (error) {
      reports.failed(error);
    }
  };

  // The folder is watched, not the file: editors and mounts replace the file under the same name.
  let settle: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(dirname(path), (_event, name) => {
      if (name !== null && name !== basename(path) && !name.startsWith('..')) return;
      clearTimeout(settle);
      settle = setTimeout(() => void quietly(), 50);
    });
    watcher.on('error', reports.failed);
    watcher.unref();
  } catch (error) {
    reports.failed(error);
  }
  const poll = setInterval(() => void quietly(), pollMs);
  poll.unref();

  return {
    current: () => current,
    problem: () => fault,
    onChange: (listener) => void listeners.push(listener),
    reload,
    close() {
      clearTimeout(settle);
      clearInterval(poll);
      watcher?.close();
    },
  };
}
