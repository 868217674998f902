import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Programs that tests start and npm cannot install.
    globalSetup: ['test/support/debian-programs.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // DuckDB is a native addon: worker processes, not worker threads.
    pool: 'forks',
  },
});
