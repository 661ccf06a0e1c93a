/**
 * `test` for the specs: `launch` starts the app on the shell of the running project and closes it afterwards. In the
 * project `electron` every test is skipped, with the reason, where the binary cannot be had.
 */
import { test as base } from '@playwright/test';
import { electronBinary } from './electron-binary.ts';
import { type LaunchOptions, launchVitrine, type Vitrine } from './launch.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** Starts the app; may be called more than once in a test. */
  launch(options?: LaunchOptions): Promise<Vitrine>;
}

export const test = base.extend<Fixtures>({
  // Playwright reads the fixture's needs from this pattern.
  // biome-ignore lint/correctness/noEmptyPattern: the test runner insists on a destructured first parameter
  launch: async ({}, use, info) => {
    const shell = info.project.name === 'electron' ? 'electron' : 'chromium';
    const binary = electronBinary();
    base.skip(shell === 'electron' && 'missing' in binary, 'missing' in binary ? binary.missing : '');
    const running: Vitrine[] = [];
    await use(async (options = {}) => {
      const vitrine = await launchVitrine({ ...options, shell });
      running.push(vitrine);
      return vitrine;
    });
    for (const vitrine of running)
      if (vitrine.child.exitCode === null && vitrine.child.signalCode === null) await vitrine.close();
  },
});
