/**
 * Takes away a role's credentials and leaves its sessions: nobody can log in with it any more, whoever knows the password.
 * Used when an offline envelope was opened and its holder still works. (I3)
 */
import type { Admin } from './admin.ts';
import { findRole } from './end-role.ts';

/** Idempotent; false where there is no such role (any more). Throws when the target cannot be reached. */
export async function shutLogin(admin: Admin, name: string, installation: string): Promise<boolean> {
  return admin.with(async (client) => {
    const found = await findRole(client, name, installation);
    if (found === null) return false;
    await client.query(`alter role ${found.name} nologin password null valid until '-infinity'`);
    return true;
  });
}
