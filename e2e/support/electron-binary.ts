/** Where Electron's binary is. The npm package brings none; it is fetched on first use, where that is possible at all. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Never imports the package itself: that would start a download. */
export function electronBinary(): { path: string } | { missing: string } {
  const chosen = process.env.VITRINE_ELECTRON;
  if (chosen !== undefined)
    return existsSync(chosen)
      ? { path: chosen }
      : { missing: `VITRINE_ELECTRON names a file that does not exist: ${chosen}` };
  const home = join(import.meta.dirname, '../../node_modules/electron');
  const note = join(home, 'path.txt');
  if (!existsSync(note))
    return { missing: 'the Electron binary was not downloaded (node_modules/electron/dist is empty)' };
  const path = join(home, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(path) ? { path } : { missing: `the Electron binary is missing: ${path}` };
}
