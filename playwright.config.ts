/** Two projects: the production bundles on the Chromium double, and on Electron itself wherever its binary is present. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  // Beside the specs live proofs that need no window; vitest runs those.
  testMatch: '**/*.spec.ts',
  outputDir: 'out/test/playwright',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  // A second try tells a slow machine from a fault; `npm test` names every spec that needed it.
  retries: 1,
  forbidOnly: process.env.CI !== undefined,
  use: { trace: 'off', screenshot: 'off' },
  projects: [{ name: 'chromium' }, { name: 'electron' }],
});
