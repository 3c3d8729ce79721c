import assert from 'node:assert/strict'
import { afterAll, vi } from 'vitest'

/** Signals and events of the process whose listeners outlive a test file. */
const watched = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'uncaughtException',
  'unhandledRejection',
  'message',
  'warning',
] as const

/** What test files of one worker share, beside modules. */
const stateOfProcess = () => ({
  env: { ...process.env },
  folder: process.cwd(),
  exitCode: process.exitCode,
  fetch: globalThis.fetch,
  listeners: Object.fromEntries(watched.map((event) => [event, process.listenerCount(event)])),
  fakeTimers: vi.isFakeTimers(),
})

// Files run one after the other in a worker without isolation: what one leaves behind would reach the next.
const before = stateOfProcess()
afterAll(() =>
  assert.deepEqual(stateOfProcess(), before, 'This test file leaves the process changed'),
)
