import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import LongestFirst from './test/support/longest-first.ts'

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: LongestFirst },
    // Workers import the code once for all files that they run, one after the other; the setup file fails a test file that
    // leaves the process changed.
    isolate: false,
    setupFiles: ['test/support/measure-cpu.ts', 'test/support/unchanged-process.ts'],
    // Conditions are looked at often, and given time on a busy machine.
    expect: { poll: { interval: 40, timeout: 120_000 } },
    reporters: ['default', './test/support/slowest-files.ts'],
    // Most tests wait: for PostgreSQL, for a browser, for another process, for a timer. It takes three workers to keep a
    // core busy. More of them would make answers late, and open more connections than PostgreSQL has.
    maxWorkers: Math.min(3 * availableParallelism(), 6),
    projects: [
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/**/*.test.ts'],
          globalSetup: [
            'test/support/compile-once.ts',
            'test/support/cluster-template.ts',
            'test/support/build-web.ts',
          ],
        },
      },
      {
        extends: true,
        test: { name: 'units', include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'] },
      },
    ],
  },
})
