/** Who is known to hold a role: the policy's list, and everyone who has signed in. For names and counts, never for decisions. */
import { type PolicyKeeper, rolesOf } from '../policy/index.ts';
import type { Store } from '../store/index.ts';
import type { Directory } from './index.ts';

export function openDirectory(store: Store, policy: Pick<PolicyKeeper, 'current'>): Directory {
  return {
    async withRole(role) {
      const now = policy.current();
      const seen = await store.selectFrom('people').select(['sub', 'name', 'email', 'groups']).execute();
      // What the identity provider said last wins over what the policy's author wrote down.
      const known = new Map(now.people.map((person) => [person.sub, { ...person, email: null as string | null }]));
      for (const person of seen) known.set(person.sub, person);
      return [...known.values()]
        .filter((person) => rolesOf(person.groups, now).includes(role))
        .map(({ sub, name, email, groups }) => ({ sub, name, email, groups }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en'));
    },
    async nameOf(sub) {
      const row = await store.selectFrom('people').select('name').where('sub', '=', sub).executeTakeFirst();
      return row?.name ?? policy.current().people.find((person) => person.sub === sub)?.name ?? sub;
    },
  };
}
