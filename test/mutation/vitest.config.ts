import { defineConfig } from 'vitest/config'
import { duringTests } from './during-tests.ts'
import { lastingThread } from './lasting-thread.ts'
import { NearestFirst } from './nearest-first.ts'
import { mutatedPart } from './parts.ts'

const { tests, slow } = mutatedPart()

export default defineConfig({
  plugins: [lastingThread],
  test: {
    include: tests,
    exclude: slow,
    isolate: false,
    sequence: { sequencer: NearestFirst },
    setupFiles: ['test/mutation/choose-mutant.ts'],
    // Of tests without a mutant, on a busy machine; Stryker ends those that a mutant makes wait.
    testTimeout: 60_000,
    expect: { poll: { interval: 20, timeout: 60_000 } },
    reporters: [duringTests],
  },
})
