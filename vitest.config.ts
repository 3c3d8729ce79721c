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
    // Journeys come first, as the many short files fill up the workers at the end.
    projects: [
      {
        extends: true,
        test: {
          name: 'journeys',
          // Each has processes of its own: two workers keep a core busy, and more of them would make answers late.
          maxWorkers: Math.min(2 * availableParallelism(), 4),
          sequence: { groupOrder: 0 },
          include: ['test/**/*.test.ts'],
          exclude: ['test/web/**'],
          globalSetup: ['test/support/compile-once.ts', 'test/support/cluster-template.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'units',
          // Most wait for PostgreSQL or timers, so that it takes three workers to keep a core busy. The connections of more
          // workers may be too many for PostgreSQL.
          maxWorkers: Math.min(3 * availableParallelism(), 6),
          sequence: { groupOrder: 1 },
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          // A browser keeps a core busy by itself, and draws without a graphics card: each gets one.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 2 },
          include: ['test/web/**/*.test.ts'],
          globalSetup: ['test/support/build-web.ts'],
        },
      },
    ],
  },
})
