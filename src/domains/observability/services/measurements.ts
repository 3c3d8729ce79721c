import {
  durationBounds,
  hostOf,
  type Report,
} from '../../../platform/observability/reports/port.ts'
import type { DeadLetterCount, ProjectionLag } from '../../../runtime/operations.ts'
import type { AuditRecord } from '../../../platform/storage/audits/port.ts'
import type { RuleName } from '../rules.ts'
import type { Measurement } from '../evaluate.ts'

/** Fewest answers of a minute whose share of failures is judged, and whose slowest are: one of a hundred. */
const fewest = { failures: 20, slowest: 100 }

/** Subject of what is measured for all processes together. */
const all = 'all'

/** Everything that is measured at one time. */
export type Snapshot = {
  /** Lags of read models, each with its store as reports name it. */
  readonly lags: readonly (ProjectionLag & { readonly store: string })[]
  readonly deadLetters: readonly DeadLetterCount[]
  /** Audits of read models, with the differences that are not resolved. */
  readonly audits: readonly Pick<AuditRecord, 'name' | 'open'>[]
  readonly reports: readonly Report[]
}

const measured = (rule: RuleName, subject: string, value: number): Measurement => ({
  rule,
  subject,
  value,
})

/** Numbers of dead letters of a kind. */
const lettersOf = (
  rule: RuleName,
  kind: DeadLetterCount['kind'],
  letters: Snapshot['deadLetters'],
): readonly Measurement[] =>
  letters.flatMap((one) => (one.kind === kind ? [measured(rule, one.name, one.count)] : []))

/**
 * Returns the duration that 99 of 100 answers do not exceed, in seconds: the upper bound of the range that it is in. The
 * limit of the rule is one of the bounds.
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
  const durations = Array.from({ length: durationBounds.length + 1 }, (_, place) =>
    sum(({ answers }) => answers.durations[place] ?? 0),
  )
  return [
    ...(total < fewest.failures
      ? []
      : [measured('error-rate', all, sum(({ answers }) => answers.failed) / total)]),
    ...(total < fewest.slowest ? [] : [measured('slow-answers', all, slowest(durations))]),
  ]
}

/** One value of each subject that several processes report: the worst. */
const worstOf = (
  rule: RuleName,
  values: readonly (readonly [subject: string, value: number])[],
  worst: (...values: number[]) => number = Math.max,
): readonly Measurement[] =>
  [...Map.groupBy(values, ([subject]) => subject)].map(([subject, found]) =>
    measured(rule, subject, worst(...found.map(([, value]) => value))),
  )

/** Values by name of all processes, as numbers. */
const byName = (
  reports: readonly Report[],
  values: (report: Report) => Readonly<Record<string, boolean>> | undefined,
  isBad: (value: boolean) => boolean,
) =>
  reports.flatMap((report) =>
    Object.entries(values(report) ?? {}).map(([name, is]) => [name, Number(isBad(is))] as const),
  )

/**
 * Converts a snapshot to the measurements that rules judge. Read models whose store is away are behind for that reason,
 * which has an alert of its own: their lags are not measured.
 */
export const measurementsOf = ({
  lags,
  deadLetters,
  audits,
  reports,
}: Snapshot): readonly Measurement[] => {
  const away = new Set(
    reports.flatMap(({ stores }) =>
      Object.entries(stores).flatMap(([name, isUp]) => (isUp ? [] : [name])),
    ),
  )
  return [
    ...lags
      .filter(({ store }) => !away.has(store))
      .map(({ name, lagSeconds }) => measured('projection-lag', name, lagSeconds)),
    ...lettersOf('parked-documents', 'projection', deadLetters),
    ...lettersOf('saga-stuck', 'saga', deadLetters),
    ...lettersOf('job-failing', 'job', deadLetters),
    ...audits.map(({ name, open }) => measured('audit-differences', name, open.length)),
    ...answersOf(reports),
    ...worstOf(
      'breaker-open',
      byName(
        reports,
        ({ breakers }) => breakers,
        (isOpen) => isOpen,
      ),
    ),
    ...worstOf(
      'client-away',
      byName(
        reports,
        ({ clients }) => clients,
        (isOpen) => isOpen,
      ),
    ),
    ...worstOf(
      'store-away',
      byName(
        reports,
        ({ stores }) => stores,
        (isUp) => !isUp,
      ),
    ),
    ...worstOf(
      'certificate-ends',
      reports.flatMap(({ certificates }) => Object.entries(certificates)),
      Math.min,
    ),
    ...worstOf(
      'disk-full',
      reports.flatMap((one) =>
        one.diskUsed === undefined ? [] : [[hostOf(one.process), one.diskUsed] as const],
      ),
    ),
    ...worstOf(
      'clock-skew',
      reports.map((one) => [hostOf(one.process), one.clockSkew] as const),
    ),
    ...worstOf(
      'log-lines-dropped',
      reports.map((one) => [hostOf(one.process), one.droppedLines] as const),
      (...dropped) => dropped.reduce((total, one) => total + one, 0),
    ),
  ]
}
