import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Length of the common beginning of two paths. */
const commonLength = (one: string, other: string): number => {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** Runs the tests beside a mutant first: the first failure ends its run, before other test files are imported. */
export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [mutated] = this.ctx.config.related ?? []
    if (mutated === undefined) return super.sort(files)
    const rankOf = ({ moduleId }: TestSpecification) => commonLength(moduleId, mutated)
    return files.toSorted((one, other) => rankOf(other) - rankOf(one))
  }
}
