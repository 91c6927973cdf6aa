import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'lib/**/*.test.ts',
      'components/**/*.test.ts',
      'scripts/**/*.test.ts',
      'server/**/*.test.ts',
      'prisma/*.test.ts',
    ],
    // *.db.test.ts need a PostgreSQL; scripts/test.ts runs them, scripts/check.ts does not.
    exclude: process.env.DATABASE_URL ? [] : ['**/*.db.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // For slow machines: a test that hangs is found all the same.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
