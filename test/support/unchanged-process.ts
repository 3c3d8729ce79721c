import { afterAll, assert, vi } from 'vitest'

/** Events of the process whose listeners outlive a test file. */
const watched = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'uncaughtException',
  'unhandledRejection',
  'message',
  'warning',
] as const

/** What test files of one worker share, beside modules and the environment. */
const stateOfProcess = () => ({
  folder: process.cwd(),
  exitCode: process.exitCode,
  fetch: globalThis.fetch,
  listeners: Object.fromEntries(watched.map((event) => [event, process.listenerCount(event)])),
  fakeTimers: vi.isFakeTimers(),
})

/** Set by libvips, once, wherever sharp is loaded. */
const ofLibraries = new Set(['VIPSHOME'])

/** The names of variables that differ; their values may be secret. */
const changedSince = (env: NodeJS.ProcessEnv): readonly string[] =>
  [...new Set([...Object.keys(env), ...Object.keys(process.env)])].filter(
    (name) => env[name] !== process.env[name] && !ofLibraries.has(name),
  )

// Files run one after the other in a worker without isolation: what one leaves behind would reach the next.
const env = { ...process.env }
const before = stateOfProcess()
afterAll(() => {
  assert.deepEqual(changedSince(env), [], 'This test file leaves the environment changed')
  assert.deepEqual(stateOfProcess(), before, 'This test file leaves the process changed')
})
