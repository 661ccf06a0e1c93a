/**
 * Keeps what was foreseen of every scope on every target of the policy: looked at on a timer, at once after the policy
 * changed, and sooner again where a target did not answer. Whoever asks gets what is known and never waits. (I6)
 */
import { isDeepStrictEqual } from 'node:util';
import type { ScopeCheck } from '../../shared/api-check.ts';
import type { Scope } from '../../shared/grants.ts';
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Policy } from '../policy/index.ts';
import { type Foreseen, isSpelledOut, operatorWords, type Targets, targetFault } from '../targets/index.ts';

const LOOK_MS = 5 * 60_000;
const RETRY_MS = 30_000;
const TICK_MS = 1000;

interface Known {
  /** As it was when it was looked at: another scope of the same name was not. */
  readonly scope: Scope;
  readonly at: Date | null;
  readonly failed: string | null;
  readonly found: Foreseen;
}
const NOTHING: Foreseen = { blocks: [], widens: [] };

export interface Checks {
  /** What is known of this scope on this target; undefined where the policy has no such pair (any more). */
  of(target: string, scope: Scope): ScopeCheck | undefined;
  /** Begins to look, and goes on until it is stopped. */
  start(): Again;
}

type ChecksDeps = Pick<CollectorDeps, 'policy' | 'log' | 'now'> & { readonly targets: Pick<Targets, 'foresee'> };

/** The scopes that some rule has for each target. */
function pairs(policy: Policy): Map<string, Scope[]> {
  const found = new Map<string, Set<string>>();
  for (const rule of policy.rules)
    for (const target of rule.targets) {
      const scopes = found.get(target) ?? new Set();
      for (const scope of rule.scopes) scopes.add(scope);
      found.set(target, scopes);
    }
  const scopesOf = (ids: ReadonlySet<string>): Scope[] => [...ids].flatMap((id) => policy.scopes.get(id)?.scope ?? []);
  return new Map([...found].map(([target, ids]) => [target, scopesOf(ids)]));
}

export function openChecks({ policy, log, now, targets }: ChecksDeps): Checks {
  /** By target, then by the id of the scope. */
  const known = new Map<string, ReadonlyMap<string, Known>>();
  /** When each target is looked at again, on the monotonic clock; empty after a change of the policy. */
  const due = new Map<string, number>();
  let seen: string | null = null;

  const look = async (target: string, scopes: readonly Scope[]): Promise<void> => {
    const label = policy.current().targets.get(target)?.label ?? target;
    const before = known.get(target);
    try {
      const found = await targets.foresee(target, label, scopes);
      const at = now();
      const entries = scopes.map(
        (scope, i) => [scope.id, { scope, at, failed: null, found: found[i] ?? NOTHING }] as const,
      );
      for (const [scope, { found }] of entries)
        if (found.blocks.length > 0 && !isDeepStrictEqual(found.blocks, before?.get(scope)?.found.blocks))
          log.warn({ target, scope, blocks: found.blocks }, 'a grant with this scope would not open');
      known.set(target, new Map(entries));
      due.set(target, performance.now() + LOOK_MS);
    } catch (error) {
      const { code, said } = targetFault(error);
      const why = `a target could not be checked ahead of requests: ${operatorWords(target, error)}`;
      log.warn({ err: error, target, code, retry_ms: RETRY_MS }, why);
      const failed = `${label} ${said}, so this could not be checked`;
      const entries = scopes.map((scope) => {
        const old = before?.get(scope.id);
        const same = old !== undefined && isDeepStrictEqual(old.scope, scope);
        return [scope.id, { ...(same ? old : { scope, at: null, found: NOTHING }), failed }] as const;
      });
      known.set(target, new Map(entries));
      due.set(target, performance.now() + RETRY_MS);
    }
  };

  const round = async (): Promise<void> => {
    const current = policy.current();
    if (seen !== current.hash) due.clear();
    seen = current.hash;
    const wanted = pairs(current);
    for (const target of known.keys()) if (!wanted.has(target)) known.delete(target);
    const late = [...wanted].filter(([target]) => (due.get(target) ?? 0) <= performance.now());
    await Promise.all(late.map(([target, scopes]) => look(target, scopes)));
  };

  return {
    of(target, scope) {
      const found = known.get(target)?.get(scope.id);
      // What a request names in place of “every table” was found from the same scope.
      const same = (known: Scope): boolean => isDeepStrictEqual(known, scope) || !isSpelledOut(known);
      if (found === undefined || !same(found.scope)) {
        const meant = pairs(policy.current())
          .get(target)
          ?.find(({ id }) => id === scope.id);
        return isDeepStrictEqual(meant, scope) ? { at: null, failed: null, ...NOTHING_FOUND } : undefined;
      }
      const { at, failed, found: what } = found;
      return { at: at?.toISOString() ?? null, failed, blocks: [...what.blocks], widens: [...what.widens] };
    },
    start: () => again(round, TICK_MS, (error) => log.error({ err: error }, 'the checks ahead of requests failed')),
  };
}
const NOTHING_FOUND: Pick<ScopeCheck, 'blocks' | 'widens'> = { blocks: [], widens: [] };
