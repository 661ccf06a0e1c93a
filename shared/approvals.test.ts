import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counts, type GivenBy, missing, type Requirement, total } from './approvals.ts';

const need = (count: number, ...groups: string[]): Requirement => ({
  count,
  groups: groups.length === 0 ? null : groups,
});
const by = (sub: string, ...groups: string[]): GivenBy => ({ sub, groups });

describe('whose approvals are enough', () => {
  const dbaAndSecurity = [need(1, 'dba'), need(1, 'security')];
  it.each<[string, Requirement[], GivenBy[], Requirement[]]>([
    ['nobody yet', dbaAndSecurity, [], dbaAndSecurity],
    ['one of each', dbaAndSecurity, [by('a', 'dba'), by('b', 'security')], []],
    ['two of the same', dbaAndSecurity, [by('a', 'dba'), by('b', 'dba')], [need(1, 'security')]],
    ['somebody in both, alone', dbaAndSecurity, [by('a', 'dba', 'security')], [need(1, 'security')]],
    ['somebody in both makes room', dbaAndSecurity, [by('a', 'dba', 'security'), by('b', 'dba')], []],
    ['the same person twice', [need(2)], [by('a'), by('a')], [need(1)]],
    ['the same person with other groups', dbaAndSecurity, [by('a', 'dba'), by('a', 'security')], [need(1, 'dba')]],
    ['anybody', [need(2)], [by('a'), by('b', 'dba')], []],
    ['a stranger', dbaAndSecurity, [by('a', 'sales')], dbaAndSecurity],
    ['anybody takes the rest', [need(1), need(1, 'dba')], [by('a', 'dba'), by('b')], []],
    ['either group', [need(2, 'dba', 'sre')], [by('a', 'dba'), by('b', 'sre')], []],
    ['nothing is asked for', [], [], []],
  ])('%s', (_name, requirements, given, left) => {
    expect(missing(requirements, given)).toEqual(left);
  });

  const group = fc.constantFrom('a', 'b', 'c');
  const requirements = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 2 }), groups: fc.option(fc.uniqueArray(group, { minLength: 1 })) }),
    { maxLength: 3 },
  );
  const people = fc.array(fc.record({ sub: fc.constantFrom('1', '2', '3', '4', '5'), groups: fc.uniqueArray(group) }), {
    maxLength: 5,
  });

  /** Tries every assignment of people to single places. */
  function filled(places: readonly Requirement[], free: readonly GivenBy[]): boolean {
    const [place, ...rest] = places;
    if (place === undefined) return true;
    return free.some(
      (person) =>
        (place.groups === null || place.groups.some((name) => person.groups.includes(name))) &&
        filled(
          rest,
          free.filter((other) => other !== person),
        ),
    );
  }

  it('they are if and only if an assignment of one person to one place exists', () => {
    fc.assert(
      fc.property(requirements, people, (wanted, given) => {
        const persons = [...new Map(given.map((one) => [one.sub, one])).values()];
        const places = wanted.flatMap((one) => Array(one.count).fill({ ...one, count: 1 }) as Requirement[]);
        expect(missing(wanted, given).length === 0).toBe(filled(places, persons));
      }),
      { numRuns: 2000 },
    );
  });

  it('an approval counts if and only if less is missing with it, and never unsettles what was given', () => {
    fc.assert(
      fc.property(requirements, people, (wanted, given) => {
        for (const [at, person] of given.entries()) {
          const before = given.slice(0, at);
          const left = total(missing(wanted, before)) - total(missing(wanted, [...before, person]));
          if (before.some(({ sub }) => sub === person.sub)) continue;
          expect(left).toBe(counts(wanted, before, person) ? 1 : 0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
