/** The promise of freshness that rules judge: of 100 events, reads and moments of a read model, 99 are within its bound. */
const target = 0.99

/**
 * The alert is raised at ten times the permitted share: what may be missed in thirty days is then used up in three (a burn
 * rate of 10; multiwindow alerts of the Site Reliability Workbook, chapter 5).
 */
const burnRate = 10

/** Share that must be missed, in both windows, for an alert. */
export const mostMissed = Number((burnRate * (1 - target)).toFixed(6))

/**
 * Windows, in minutes: the long one says that the promise is in danger, the short one that it is still being missed, so that
 * the alert is resolved soon after.
 */
export const windows = { short: 5, long: 30 } as const

/** Fewest events, or reads, of the long window whose share is judged: one slow event of a quiet read model is no alert. */
export const fewestJudged = 20

/** Interval at which the lag of a read model is compared with its bound, in s. */
const sampledEvery = 15

/** Number of samples of a window, in minutes. Those that are missing, as before a start, count as met. */
export const samplesOf = (minutes: number): number => (minutes * 60) / sampledEvery

/** Name of the recorded share that was missed in a window. */
const recordedName = (minutes: number): string => `projection:agora_promise_missed:ratio${minutes}m`

const countedIn = (of: 'events' | 'reads', minutes: number, which = ''): string =>
  `sum by (projection) (increase(agora_projection_${of}_total${which}[${minutes}m]))`

const missedOf = (of: 'events' | 'reads', minutes: number): string =>
  `${countedIn(of, minutes, '{promise="missed"}')} / ${countedIn(of, minutes)} and ${countedIn(of, windows.long)} >= ${fewestJudged}`

/** Share of the samples in which a read model was further behind than it promises: also one that stands still. */
const missedTime = (minutes: number): string =>
  `sum_over_time((max by (projection) (agora_projection_lag_seconds) > bool max by (projection) (agora_projection_within_seconds))[${minutes}m:${sampledEvery}s]) / ${samplesOf(minutes)}`

const labelled = (expr: string, of: string): string =>
  `label_replace(${expr}, "of", "${of}", "", "")`

/** The worst share that a read model has missed in a window: of events, of reads, or of the time. */
const worst = (minutes: number) => ({
  record: recordedName(minutes),
  expr: `max by (projection) (${[
    labelled(missedOf('events', minutes), 'events'),
    labelled(missedOf('reads', minutes), 'reads'),
    labelled(missedTime(minutes), 'time'),
  ].join(' or ')})`,
})

/** The promise by the metrics of Prometheus: what it records, and the share of the long window where both are missed. */
export const promiseInPrometheus = {
  records: [worst(windows.short), worst(windows.long)],
  expr: `(${recordedName(windows.long)} and ${recordedName(windows.short)} > ${mostMissed})`,
  subject: 'projection',
}
