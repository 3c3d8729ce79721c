import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Most tests wait for PostgreSQL now and then: one worker more than the smallest machine has cores.
    maxWorkers: 3,
    // Conditions are looked at often, and given time on a busy machine.
    expect: { poll: { interval: 20, timeout: 60_000 } },
  },
})
