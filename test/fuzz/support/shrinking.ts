import fc, { type Arbitrary } from 'fast-check'
import { Fault, isSame, type Finding, type Findings } from './findings.ts'

/** Time for the requests of one operation in a round, and for the search of a smaller reproduction, in ms. */
const timeLimit = 120_000

/** Returns a seed of fast-check, from the seed of the run and the place of the operation in it. */
export const seedOf = (seed: number, ...places: readonly number[]): number =>
  places.reduce((hash, place) => Math.imul(hash ^ (place + 0x9e3779b9), 0x85ebca6b) | 0, seed | 0)

/**
 * Tries generated inputs, until one shows a fault that is not known yet; then looks for the smallest that does.
 * @param attempt sends an input; returns the fault that it shows
 */
export const tryMany = async <Input>(
  inputs: Arbitrary<Input>,
  { seed, runs, known }: { readonly seed: number; readonly runs: number; readonly known: Findings },
  attempt: (input: Input) => Promise<Finding | undefined>,
): Promise<void> => {
  let first: Finding | undefined
  const property = fc.asyncProperty(inputs, async (input) => {
    const finding = await attempt(input)
    if (!finding || known.has(finding)) return
    first ??= finding
    // Another fault, met while a smaller input is looked for, is found in another round.
    if (isSame(finding, first)) throw new Fault(finding)
  })
  const { errorInstance } = await fc.check(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: timeLimit,
  })
  if (errorInstance instanceof Fault) known.add(errorInstance.finding)
  else if (errorInstance !== undefined && errorInstance !== null) throw errorInstance
}
