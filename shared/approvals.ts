/** Whose approvals a request needs, and whether those that were given are enough. Pure; both collector and verifier count with it. (I6) */
import type { Requirement } from './grants.ts';

export type { Requirement } from './grants.ts';

/** An approval and the groups that its giver had at that moment. */
export interface GivenBy {
  readonly sub: string;
  readonly groups: readonly string[];
}

const fits = ({ groups }: Requirement, by: GivenBy): boolean =>
  groups === null || groups.some((group) => by.groups.includes(group));

/**
 * Gives every person at most one place, and as many people a place as can have one (augmenting paths, Kuhn 1955). Answers
 * for each requirement with the people who count for it. Who came first keeps a place, though it may become another one.
 */
function places(requirements: readonly Requirement[], given: readonly GivenBy[]): readonly (readonly GivenBy[])[] {
  const taken = requirements.map((): GivenBy[] => []);
  const seat = (person: GivenBy, tried: Set<number>): boolean => {
    for (const [at, requirement] of requirements.entries()) {
      if (tried.has(at) || !fits(requirement, person)) continue;
      tried.add(at);
      const here = taken[at] ?? [];
      if (here.length < requirement.count) {
        here.push(person);
        return true;
      }
      const moved = here.findIndex((other) => seat(other, tried));
      if (moved === -1) continue;
      here[moved] = person;
      return true;
    }
    return false;
  };
  const once = new Map(given.map((one) => [one.sub, one]));
  for (const person of once.values()) seat(person, new Set());
  return taken;
}

/** What is still missing; empty when the approvals are enough. One person counts once, and for one requirement only. */
export function missing(requirements: readonly Requirement[], given: readonly GivenBy[]): Requirement[] {
  const taken = places(requirements, given);
  return requirements.flatMap(({ count, groups }, at) => {
    const left = count - (taken[at]?.length ?? 0);
    return left > 0 ? [{ count: left, groups }] : [];
  });
}

export const total = (requirements: readonly Requirement[]): number =>
  requirements.reduce((sum, { count }) => sum + count, 0);

/** Whether one more approval, by this person, would bring the request nearer to enough. */
export const counts = (requirements: readonly Requirement[], given: readonly GivenBy[], by: GivenBy): boolean =>
  total(missing(requirements, [...given, by])) < total(missing(requirements, given));

/** `2 approvals`, `1 approval by dba or sre and 1 approval by security`. */
export const requirementWords = (requirements: readonly Requirement[]): string =>
  requirements
    .map(({ count, groups }) => {
      const by = groups === null ? '' : ` by ${groups.join(' or ')}`;
      return `${count} ${count === 1 ? 'approval' : 'approvals'}${by}`;
    })
    .join(' and ');
