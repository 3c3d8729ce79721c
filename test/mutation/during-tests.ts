import type { Reporter } from 'vitest/node'

/** Which mutants Stryker's runner saw run, by test, and outside of tests. */
type Coverage = {
  readonly static: Record<string, number>
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>
}

declare module 'vitest' {
  interface TaskMeta {
    mutantCoverage?: Coverage
  }
}

/**
 * Code that runs both in tests and while test files are imported counts as run in tests: `choose-mutant.ts` activates its
 * mutants before that import, so that no module needs to be imported again.
 */
export const duringTests: Reporter = {
  onTestRunEnd: (modules) => {
    const coverages = modules.flatMap((module) => {
      const { mutantCoverage } = module.meta()
      return mutantCoverage ? [mutantCoverage] : []
    })
    const inTests = new Set(
      coverages.flatMap(({ perTest }) => Object.values(perTest).flatMap(Object.keys)),
    )
    for (const coverage of coverages)
      for (const mutant of Object.keys(coverage.static))
        if (inTests.has(mutant)) delete coverage.static[mutant]
  },
}
