import { durationBounds, type Report } from '../../../platform/observability/reports/port.ts'
import type { DeadLetter, ProjectionLag } from '../../../runtime/operations.ts'
import type { RuleName } from '../rules.ts'
import type { Measurement } from '../evaluate.ts'

/** Fewest answers of a minute whose share of failures, or slowest, is judged. */
const fewestAnswers = 20

/** Subject of what is measured for all processes together. */
const all = 'all'

/** Everything that is measured at one time. */
export type Snapshot = {
  readonly lags: readonly ProjectionLag[]
  readonly deadLetters: readonly Pick<DeadLetter, 'kind' | 'name'>[]
  readonly reports: readonly Report[]
}

const measured = (rule: RuleName, subject: string, value: number): Measurement => ({
  rule,
  subject,
  value,
})

/** Counts dead letters of a kind by name. */
const lettersOf = (
  rule: RuleName,
  kind: DeadLetter['kind'],
  letters: Snapshot['deadLetters'],
): readonly Measurement[] =>
  [
    ...Map.groupBy(
      letters.filter((one) => one.kind === kind),
      ({ name }) => name,
    ),
  ].map(([name, { length }]) => measured(rule, name, length))

/**
 * Returns the duration that 99 of 100 answers do not exceed, in seconds: the upper bound of the range that it is in.
 * @param durations numbers of answers by `durationBounds`
 */
export const slowest = (durations: readonly number[]): number => {
  const total = durations.reduce((sum, count) => sum + count, 0)
  let counted = 0
  for (const [place, bound] of durationBounds.entries()) {
    counted += durations[place] ?? 0
    if (counted >= 0.99 * total) return bound
  }
  return durationBounds[durationBounds.length - 1]!
}

const answersOf = (reports: readonly Report[]): readonly Measurement[] => {
  const sum = (value: (report: Report) => number) =>
    reports.reduce((total, one) => total + value(one), 0)
  const total = sum(({ answers }) => answers.all)
  if (total < fewestAnswers) return []
  const durations = Array.from({ length: durationBounds.length + 1 }, (_, place) =>
    sum(({ answers }) => answers.durations[place] ?? 0),
  )
  return [
    measured('error-rate', all, sum(({ answers }) => answers.failed) / total),
    measured('slow-answers', all, slowest(durations)),
  ]
}

/** The worst value of each subject that several processes report. */
const worstOf = (
  rule: RuleName,
  values: readonly (readonly [subject: string, value: number])[],
  worst: (...values: number[]) => number = Math.max,
): readonly Measurement[] =>
  [...Map.groupBy(values, ([subject]) => subject)].map(([subject, found]) =>
    measured(rule, subject, worst(...found.map(([, value]) => value))),
  )

/** Converts a snapshot to the measurements that rules judge. */
export const measurementsOf = ({
  lags,
  deadLetters,
  reports,
}: Snapshot): readonly Measurement[] => [
  ...lags.map(({ name, lagSeconds }) => measured('projection-lag', name, lagSeconds)),
  ...lettersOf('parked-documents', 'projection', deadLetters),
  ...lettersOf('saga-stuck', 'saga', deadLetters),
  ...lettersOf('job-failing', 'job', deadLetters),
  ...answersOf(reports),
  ...worstOf(
    'breaker-open',
    reports.flatMap(({ breakers }) =>
      Object.entries(breakers).map(([url, isOpen]) => [url, Number(isOpen)] as const),
    ),
  ),
  ...worstOf(
    'store-away',
    reports.flatMap(({ stores }) =>
      Object.entries(stores).map(([name, isUp]) => [name, Number(!isUp)] as const),
    ),
  ),
  ...worstOf(
    'certificate-ends',
    reports.flatMap(({ certificates }) => Object.entries(certificates)),
    Math.min,
  ),
  ...reports.flatMap(({ process, diskUsed, clockSkew, droppedLines }) => [
    ...(diskUsed === undefined ? [] : [measured('disk-full', process, diskUsed)]),
    measured('clock-skew', process, clockSkew),
    measured('log-lines-dropped', process, droppedLines),
  ]),
]
