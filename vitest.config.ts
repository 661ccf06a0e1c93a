import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{main,preload,renderer,shared,collector,verifier,dev,e2e}/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores, and many files start a PostgreSQL of their own.
    maxWorkers: 2,
    pool: 'forks',
  },
});
