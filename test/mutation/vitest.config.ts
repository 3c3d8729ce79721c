import { defineConfig } from 'vitest/config'
import { lastingThread } from './lasting-thread.ts'
import { NearestFirst } from './nearest-first.ts'
import { parts, type PartName } from './parts.ts'

const { tests, slow } = parts[process.env['MUTATED_PART'] as PartName]

export default defineConfig({
  plugins: [lastingThread],
  test: {
    include: tests,
    exclude: slow,
    isolate: false,
    sequence: { sequencer: NearestFirst },
    setupFiles: ['test/mutation/choose-mutant.ts'],
    testTimeout: 60_000,
    reporters: [],
  },
})
