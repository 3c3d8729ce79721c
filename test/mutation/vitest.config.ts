import { defineConfig } from 'vitest/config'
import { duringTests } from './during-tests.ts'
import { lastingThread } from './lasting-thread.ts'
import { mutatedPart } from './parts.ts'

const { tests, slow } = mutatedPart()

export default defineConfig({
  plugins: [lastingThread],
  test: {
    include: tests,
    exclude: slow,
    isolate: false,
    setupFiles: ['test/mutation/choose-mutant.ts'],
    expect: { poll: { interval: 20 } },
    reporters: [duringTests],
  },
})
