/**
 * Removes roles that no live grant stands behind, and roles past their end by the target's own clock, whatever a collector
 * whose clock was set back believes: at start and on a timer, on every target, from several collectors at
 * once. A target that is down is tried again, less and less often, until it is clean. (I3)
 */
import { type Again, again } from '../again.ts';
import type { Targets } from './index.ts';

export interface Stray {
  readonly target: string;
  readonly role: string;
  readonly grant: string;
  /** A grant still stood behind it, though the target's clock was past its end. */
  readonly overdue: boolean;
}

/** So long a collector whose clock is right may take to begin the end of a grant. */
const OVERDUE_MS = 5000;

export interface ReaperOptions {
  readonly targets: Pick<Targets, 'roles' | 'endRole'>;
  /** Targets to visit; asked before every round. */
  targetIds(): Promise<readonly string[]> | readonly string[];
  /** Which of these roles belong to grants that are being activated, live or being ended. Asked after the roles were listed. */
  liveOf(roles: readonly string[]): Promise<ReadonlySet<string>>;
  /** A stray was removed: it outlived its grant. */
  onStray(stray: Stray): Promise<void> | void;
  /** A target could not be cleaned; it will be tried again in `retryMs`. */
  onTrouble(target: string, error: unknown, retryMs: number): void;
}

/**
 * One target, once; answers with the strays that were removed. The order matters: a role's name is in the store before
 * the role exists, so a role that was listed first and is not live in the store afterwards is a stray.
 */
export async function reap(target: string, options: ReaperOptions): Promise<string[]> {
  const found = await options.targets.roles(target);
  if (found.length === 0) return [];
  const live = await options.liveOf(found.map((role) => role.name));
  const removed: string[] = [];
  for (const role of found) {
    const overdue = live.has(role.name);
    if (overdue && role.overdueMs < OVERDUE_MS) continue;
    const ended = await options.targets.endRole(target, role.name, 0);
    if (!ended.existed) continue;
    removed.push(role.name);
    await options.onStray({ target, role: role.name, grant: role.grant, overdue });
  }
  return removed;
}

const LONGEST_BACKOFF_MS = 5 * 60_000;

export function startReaper(options: ReaperOptions, everyMs = 30_000): Again {
  const failures = new Map<string, { count: number; notBefore: number }>();

  const visit = async (target: string): Promise<void> => {
    const failed = failures.get(target);
    if (failed !== undefined && performance.now() < failed.notBefore) return;
    try {
      await reap(target, options);
      failures.delete(target);
    } catch (error) {
      const count = (failed?.count ?? 0) + 1;
      const retryMs = Math.min(LONGEST_BACKOFF_MS, everyMs * 2 ** (count - 1));
      failures.set(target, { count, notBefore: performance.now() + retryMs });
      options.onTrouble(target, error, retryMs);
    }
  };
  return again(
    async () => {
      await Promise.all((await options.targetIds()).map(visit));
    },
    everyMs,
    (error) => options.onTrouble('*', error, everyMs),
  );
}
