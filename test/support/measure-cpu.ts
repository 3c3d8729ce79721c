import { afterAll } from 'vitest'
import { cpuTimeOf, type CpuTime } from './cpu-time.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** The CPU time that a test file took, in s: of its worker, and of the processes it started that have ended. */
    cpu?: CpuTime
  }
}

// A setup file runs before each test file, the imports of which are counted.
const before = cpuTimeOf()
// Vitest looks for the names of fixtures in the first parameter.
// oxlint-disable-next-line no-empty-pattern
afterAll(({}, file) => {
  const after = cpuTimeOf()
  if (before && after)
    file.meta.cpu = { own: after.own - before.own, children: after.children - before.children }
})
