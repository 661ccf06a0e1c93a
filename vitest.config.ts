import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{main,preload,renderer,shared,collector,verifier,dev,e2e}/**/*.test.{ts,tsx}'],
    setupFiles: ['dev/vitest-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, and many files start a PostgreSQL of their own.
    maxWorkers: 2,
    pool: 'forks',
  },
});
