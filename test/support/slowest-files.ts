import type { Reporter, TestModule } from 'vitest/node'

/** Everything that a test file took in its worker, in ms: imports, hooks and tests. */
const durationOf = (file: TestModule): number => {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    file.diagnostic()
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration
}

/** A reporter for Vitest that prints the slowest test files at the end of a run, the slowest first. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(files: readonly TestModule[]): void {
    const slowest = files
      .map((file) => ({ name: file.relativeModuleId, seconds: durationOf(file) / 1_000 }))
      .toSorted((one, other) => other.seconds - one.seconds)
      .slice(0, 10)
    console.log('\nSlowest files, in seconds:')
    for (const { name, seconds } of slowest)
      console.log(`${seconds.toFixed(1).padStart(7)}  ${name}`)
  }
}
