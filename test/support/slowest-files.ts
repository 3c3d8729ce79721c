import type { Reporter, TestModule } from 'vitest/node'
import type { CpuTime } from './cpu-time.ts'

/** Everything that a test file took in its worker, in ms: imports, hooks and tests. */
const durationOf = (file: TestModule): number => {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    file.diagnostic()
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration
}

const none: CpuTime = { own: 0, children: 0 }

const column = (seconds: number): string => seconds.toFixed(1).padStart(7)

/**
 * A reporter for Vitest that prints the slowest test files at the end of a run, the slowest first, and the CPU time of
 * all of them: what two cores must get through. With `TEST_TIMES=all` it prints every file.
 */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(files: readonly TestModule[]): void {
    const times = files
      .map((file) => ({
        name: file.relativeModuleId,
        seconds: durationOf(file) / 1_000,
        cpu: file.meta().cpu ?? none,
      }))
      .toSorted((one, other) => other.seconds - one.seconds)
    console.log('\nSlowest files, in seconds, with the CPU time of the worker and its processes:')
    for (const { name, seconds, cpu } of process.env.TEST_TIMES === 'all'
      ? times
      : times.slice(0, 10))
      console.log(`${column(seconds)}${column(cpu.own)}${column(cpu.children)}  ${name}`)
    const sum = (part: keyof CpuTime) => times.reduce((total, { cpu }) => total + cpu[part], 0)
    console.log(
      `CPU time: ${sum('own').toFixed(0)} s in workers, ${sum('children').toFixed(0)} s in processes of tests`,
    )
  }
}
