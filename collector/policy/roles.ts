/** From the groups that the identity provider named to the roles that the policy gives them. */
import type { Role } from '../../shared/grants.ts';
import type { Policy } from './model.ts';

const ALL: readonly Role[] = ['engineer', 'approver', 'reviewer', 'operator'];

export const rolesOf = (groups: readonly string[], policy: Pick<Policy, 'groups'>): Role[] =>
  ALL.filter((role) => policy.groups[role].some((group) => groups.includes(group)));
