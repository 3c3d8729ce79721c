import {
  durationBounds,
  hostOf,
  type Report,
  type Tally,
} from '../../../platform/observability/reports/port.ts'
import type { GroupSummary } from '../../../platform/messaging/consumer-groups/port.ts'
import type { BridgeStatus, DeadLetterCount, ProjectionLag } from '../../../runtime/operations.ts'
import {
  addedTallies,
  type PromiseCounts,
} from '../../../platform/observability/reports/promise-counts.ts'
import { inOneLine } from '../../shared/index.ts'
import { fewestJudged, samplesOf, windows } from '../promise.ts'
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
  /** Lags of the bridges to brokers; default none. */
  readonly bridges?: readonly Pick<BridgeStatus, 'name' | 'lagSeconds'>[]
  /** Earlier samples of whether lags were within their bounds; see `sampleLags`. */
  readonly samples: Pick<PromiseCounts, 'last'>
  /** Groups of consumers; default none. */
  readonly groups?: readonly Pick<GroupSummary, 'source' | 'name' | 'parked'>[]
  readonly deadLetters: readonly DeadLetterCount[]
  /** Audits of read models, with the differences that are not resolved. */
  readonly audits: readonly Pick<AuditRecord, 'name' | 'open'>[]
  readonly reports: readonly Report[]
  /** Webhooks, with the deliveries that were given up since the last success. */
  readonly webhooks: readonly { readonly id: string; readonly givenUp: number }[]
}

const measured = (rule: RuleName, subject: string, value: number): Measurement => ({
  rule,
  subject,
  value,
})

/** Judges each read model as a read at this moment would: also one that nobody reads, and one that stands still. */
export const sampleLags = (samples: Pick<PromiseCounts, 'count'>, lags: Snapshot['lags']): void => {
  for (const { name, lagSeconds, within } of lags) {
    const isMet = lagSeconds * 1_000 <= within
    samples.count(name, 'reads', Number(isMet), Number(!isMet))
  }
}

/** Most characters of the name of a group in an alert. */
const longestSubject = 200

/** A group in an alert; clients have named it. */
const subjectOf = ({ source, name }: Pick<GroupSummary, 'source' | 'name'>): string => {
  const letters = Array.from(inOneLine(`${source}::${name}`))
  return letters.length > longestSubject
    ? `${letters.slice(0, longestSubject).join('')}…`
    : letters.join('')
}

const shareOf = ({ met, missed }: Tally): number => (missed === 0 ? 0 : missed / (met + missed))

/** The worst share of the promise of a read model that was missed, in both windows: of events, of reads, or of the time. */
const promisesOf = ({ lags, samples, reports }: Snapshot): readonly Measurement[] => {
  const reported = reports.flatMap(({ promises }) => promises ?? [])
  const long = addedTallies(reported.map(({ halfHour }) => halfHour))
  const short = addedTallies(reported.map(({ fiveMinutes }) => fiveMinutes))
  const sampled = { short: samples.last(windows.short), long: samples.last(windows.long) }
  return lags.map(({ name }) => {
    const judged = (['events', 'reads'] as const).filter((of) => {
      const { met, missed } = long[name]?.[of] ?? { met: 0, missed: 0 }
      return met + missed >= fewestJudged
    })
    const worst = (window: keyof typeof windows): number => {
      const tallies = { short, long }[window][name] ?? {}
      const time = (sampled[window][name]?.reads?.missed ?? 0) / samplesOf(windows[window])
      return Math.max(time, ...judged.map((of) => shareOf(tallies[of] ?? { met: 0, missed: 0 })))
    }
    return measured('promise-missed', name, Math.min(worst('short'), worst('long')))
  })
}

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
 * which has an alert of its own: their promises are not judged.
 */
export const measurementsOf = (snapshot: Snapshot): readonly Measurement[] => {
  const { lags, bridges = [], groups = [], deadLetters, audits, reports, webhooks } = snapshot
  const away = new Set(
    reports.flatMap(({ stores }) =>
      Object.entries(stores).flatMap(([name, isUp]) => (isUp ? [] : [name])),
    ),
  )
  return [
    ...promisesOf({ ...snapshot, lags: lags.filter(({ store }) => !away.has(store)) }),
    ...bridges.map(({ name, lagSeconds }) => measured('bridge-lag', name, lagSeconds)),
    ...lettersOf('bridge-parked', 'bridge', deadLetters),
    ...worstOf(
      'group-parked',
      groups.map((one) => [subjectOf(one), one.parked] as const),
    ),
    ...lettersOf('parked-documents', 'projection', deadLetters),
    ...lettersOf('saga-stuck', 'saga', deadLetters),
    ...lettersOf('job-failing', 'job', deadLetters),
    ...audits.map(({ name, open }) => measured('audit-differences', name, open.length)),
    ...webhooks.map(({ id, givenUp }) => measured('webhook-failing', id, givenUp)),
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
