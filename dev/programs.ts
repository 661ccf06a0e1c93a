/** Programs of the system that some tests drive; such a test is skipped, with the reason, where one is not installed. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of the program. `skip` is that of a test's context. `beside`: more folders to look into. */
export function programOr(skip: (reason: string) => never, name: string, beside: readonly string[] = []): string {
  for (const folder of [...beside, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return skip(`${name} is not installed here`);
}
