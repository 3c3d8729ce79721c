import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Most tests wait for PostgreSQL, timers or other processes: two workers a core, and one more.
    maxWorkers: 2 * availableParallelism() + 1,
    // Conditions are looked at often, and given time on a busy machine.
    expect: { poll: { interval: 20, timeout: 60_000 } },
    reporters: ['default', './test/support/slowest-files.ts'],
    projects: [
      {
        // Journeys start processes and listen for signals: a worker for each file. Vitest sorts projects by name, so these
        // long files come first, and the many short ones fill up the workers at the end.
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/compile-once.ts'],
        },
      },
      {
        // Workers import the code once for all files that they run; `unchanged-process.ts` fails a file that leaves
        // anything behind in the process.
        extends: true,
        test: {
          name: 'units',
          include: ['src/**/*.test.ts'],
          isolate: false,
          setupFiles: ['test/support/unchanged-process.ts'],
        },
      },
    ],
  },
})
