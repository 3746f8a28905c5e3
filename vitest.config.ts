import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const results = process.env['VITEST_RESULTS']

export default defineConfig({
  test: {
    // A file of numbers beside the lines for people, when somebody wants to add them up.
    ...(results
      ? {
          reporters: ['default', 'json'],
          outputFile: { json: join(results, `${process.pid}.json`) },
        }
      : {}),
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 60_000,
          include: ['*/src/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/*.int.test.ts'],
          exclude: ['test/{compose,drills,compare}.int.test.ts'],
          globalSetup: ['test/cluster.setup.ts'],
          // One cluster for all, and tests that stop parts of it: one file at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // Faults on clusters of their own: the smoke tier of the drills, and the comparison.
          name: 'drills',
          include: ['test/{drills,compare}.int.test.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          // docker-compose.yml itself, where a Docker engine answers; skipped elsewhere.
          name: 'compose',
          include: ['test/compose.int.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
