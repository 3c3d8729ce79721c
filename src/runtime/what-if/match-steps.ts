import type { RecordedStep } from '#kernel'
import { sameData } from './same-data.ts'

/** A step of a saga that is tried, with its counterpart in the log, whose id it has. */
export type MatchedStep = {
  readonly step: RecordedStep
  readonly recorded?: RecordedStep
  /** Whether the recorded one is the same command. */
  readonly isSame: boolean
}

/** Steps of the move of a saga that is tried, beside those of the recorded move. */
export type MatchedSteps = {
  readonly steps: readonly MatchedStep[]
  /** Recorded steps without a counterpart. */
  readonly notSent: readonly RecordedStep[]
}

const isSimilar = (one: RecordedStep, other: RecordedStep): boolean =>
  one.to === other.to &&
  one.target === other.target &&
  one.type === other.type &&
  one.wait > 0 === other.wait > 0

/** Finds for each step of a move its counterpart in the recorded move: the same command, else one of that type to that stream. */
export const matchSteps = (
  steps: readonly RecordedStep[],
  recorded: readonly RecordedStep[],
): MatchedSteps => {
  const left = [...recorded]
  const takeFrom = (isIt: (one: RecordedStep) => boolean): RecordedStep | undefined => {
    const index = left.findIndex(isIt)
    return index < 0 ? undefined : left.splice(index, 1)[0]
  }
  const isSame = (step: RecordedStep, one: RecordedStep): boolean =>
    isSimilar(step, one) && step.wait === one.wait && sameData(step.data, one.data)
  const same = steps.map((step) => takeFrom((one) => isSame(step, one)))
  return {
    steps: steps.map((step, index) => {
      const found = same[index] ?? takeFrom((one) => isSimilar(step, one))
      return found
        ? { step: { ...step, id: found.id }, recorded: found, isSame: same[index] !== undefined }
        : { step, isSame: false }
    }),
    notSent: left,
  }
}
