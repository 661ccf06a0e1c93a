/**
 * The collector's hands on the target databases: one ephemeral role for one grant, gone when the grant ends.
 * Upholds I3 (the role ends on the database's own clock and its sessions are cut by the collector, whatever the client
 * does) and I6 (a role that could do more or less than its scope is never handed out). Called by `collector/grants`
 * only. Nothing here knows policy, people or the store: what to make and what is live are parameters.
 */
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../shared/errors.ts';
import type { Scope } from '../../shared/grants.ts';
import { type Admin, openAdmin, type TargetConfig } from './admin.ts';
import { type Elevated, elevateRole, extendRole, type LiveRole, type Lowered, lowerRole } from './change-role.ts';
import { type CreatedRole, createRole, type NewRole } from './create-role.ts';
import { type EndedRole, endRole, type OurRole, ourRoles } from './end-role.ts';
import { expandScope, isSpelledOut } from './expand.ts';
import { type Foreseen, foresee } from './foresee.ts';
import { sessionsOf } from './sessions.ts';
import { shutLogin } from './shut-login.ts';

export type { TargetConfig, TargetTls } from './admin.ts';
export { adminConfig } from './admin.ts';
export { type CreatedRole, type NewRole, newRoleName } from './create-role.ts';
export type { EndedRole } from './end-role.ts';
export { isSpelledOut } from './expand.ts';
export { operatorWords, targetFault } from './faults.ts';
export type { Foreseen } from './foresee.ts';
export { reap, startReaper } from './reaper.ts';
export { newPassword } from './scram.ts';

type OfGrant = Omit<LiveRole, 'installation'>;

export interface Targets {
  /** The scope with every table by name. Throws a Fault where it means none, or too many. */
  expandScope(target: string, scope: Scope): Promise<Scope>;
  /** Throws a Fault, with nothing left behind, when the role would not be exactly its scope. */
  createRole(target: string, role: Omit<NewRole, 'installation'>): Promise<CreatedRole>;
  /** Moves `VALID UNTIL`. Throws a Fault where the role is gone. */
  extendRole(target: string, role: OfGrant, remainingMs: () => number): Promise<void>;
  /** Adds a scope to what a live role can do. Throws a Fault, with nothing changed, when it would be more or less. */
  elevateRole(target: string, role: OfGrant, added: Scope): Promise<Elevated>;
  /** Takes it back and ends what was begun under it. Idempotent. Throws while the privileges are still there. */
  lowerRole(target: string, role: OfGrant, added: Scope, graceMs: number): Promise<Lowered>;
  /** What stands in the way of each scope there, and what none of them stops. Only reads. Throws when the target is down. */
  foresee(target: string, label: string, scopes: readonly Scope[]): Promise<readonly Foreseen[]>;
  /** Idempotent. Throws when the target cannot be reached: call again, later. */
  endRole(target: string, name: string, graceMs: number): Promise<EndedRole>;
  /** Nobody can log in as the role any more; its sessions stay. Idempotent. Throws when the target cannot be reached. */
  shutLogin(target: string, name: string): Promise<boolean>;
  /** Which of these roles are logged in, and for how many ms; those that are not are left out. */
  sessions(target: string, names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ephemeral roles of this installation on the target, with the grants that they were made for. */
  roles(target: string): Promise<readonly OurRole[]>;
  close(): Promise<void>;
}

export interface TargetsOptions {
  /** Where a target is now; null when neither policy nor environment knows it. Policy reloads take effect at once. */
  configOf(target: string): TargetConfig | null;
  /** Constant, unique per installation and shared by its collectors: roles of another installation are left alone. */
  readonly installation: string;
  /** Connections that broke. */
  onError(target: string, error: Error): void;
}

export function openTargets(options: TargetsOptions): Targets {
  const admins = new Map<string, Admin>();

  const adminOf = (target: string): Admin => {
    const config = options.configOf(target);
    const open = admins.get(target);
    if (config === null) {
      // A target that left the policy may still hold a live role: it is cleaned with what was last known of it.
      if (open !== undefined) return open;
      throw new Fault('no_target', `Target ${target} is not configured.`, 'Ask an operator to add its admin URL.');
    }
    if (open !== undefined && isDeepStrictEqual(open.target, config)) return open;
    const admin = openAdmin(config, (error) => options.onError(target, error));
    admins.set(target, admin);
    open?.close().catch((error: Error) => options.onError(target, error));
    return admin;
  };

  return {
    expandScope: async (target, scope) => (isSpelledOut(scope) ? scope : expandScope(adminOf(target), scope)),
    createRole: async (target, role) => createRole(adminOf(target), { ...role, installation: options.installation }),
    extendRole: async (target, role, remainingMs) =>
      extendRole(adminOf(target), { ...role, installation: options.installation }, remainingMs),
    elevateRole: async (target, role, added) =>
      elevateRole(adminOf(target), { ...role, installation: options.installation }, added),
    lowerRole: async (target, role, added, graceMs) =>
      lowerRole(adminOf(target), { ...role, installation: options.installation }, added, graceMs),
    foresee: async (target, label, scopes) => foresee(adminOf(target), label, scopes),
    endRole: async (target, name, graceMs) =>
      endRole(adminOf(target), name, { installation: options.installation, graceMs }),
    shutLogin: async (target, name) => shutLogin(adminOf(target), name, options.installation),
    sessions: async (target, names) => sessionsOf(adminOf(target), names),
    roles: async (target) => ourRoles(adminOf(target), options.installation),
    async close() {
      await Promise.all([...admins.values()].map((admin) => admin.close()));
      admins.clear();
    },
  };
}
