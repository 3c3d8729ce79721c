import { Check } from 'typebox/value'
import { asId, derivedUuid, timeAt, type DocumentOf } from '#kernel'
import { thresholds } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { MetricName, mostThresholds, threshold, ThresholdId, zoneOf } from '../language.ts'
import { seriesOf } from '../services/series.ts'

type Threshold = DocumentOf<typeof thresholds>

const zone = zoneOf('UTC')

/**
 * Returns the values of a metric in the present bucket and the one before, from one read of the metric.
 * @param now in ms
 * @param head position that the values include
 * @returns a function of the start of the bucket, in ISO 8601, and the currency
 */
const measuredBy = async (
  { readModels }: Pick<JobPorts, 'readModels'>,
  { metric, bucket }: Pick<Threshold, 'metric' | 'bucket'>,
  now: number,
  head: bigint,
) => {
  if (!zone || !Check(MetricName, metric)) return undefined
  const reads = { readModels, minPosition: head, onPosition: () => undefined }
  const from = zone.startOf(bucket, zone.startOf(bucket, now) - 1)
  const range = { from, to: now + 1, timeZone: 'UTC', zone }
  const series = await seriesOf(reads, { metric, bucket, range })
  return (start: string, currency: string | undefined): number =>
    series
      .filter((one) => one.start === start)
      .filter((one) => currency === undefined || one.currency === currency)
      .reduce((sum, { count, amount = 0 }) => sum + (currency === undefined ? count : amount), 0)
}

type Measured = NonNullable<Awaited<ReturnType<typeof measuredBy>>>

/**
 * Returns the starts of the buckets that a limit is compared in. An upper one is compared in the present bucket, and once
 * more in the bucket before, whose last events may have come after its last comparison; a lower one in the bucket before
 * alone, as the present one is still filling. It applies from its setting on: an upper one to a bucket that had not ended
 * by then, a lower one to whole buckets.
 * @param now in ms
 */
const bucketsOf = ({ when, bucket, createdAt, breach }: Threshold, now: number): string[] => {
  if (!zone) return []
  const present = zone.startOf(bucket, now)
  const [before, at] = [timeAt(zone.startOf(bucket, present - 1)), timeAt(present)]
  const buckets =
    when === 'above'
      ? [...(createdAt < at ? [before] : []), at]
      : before < createdAt
        ? []
        : [before]
  return buckets.filter((start) => breach === undefined || breach.bucketStart < start)
}

/** Compares a metric with its limit, bucket by bucket. */
const compare = async (
  { executor }: Pick<JobPorts, 'executor'>,
  limit: Threshold,
  now: number,
  measured: Measured,
): Promise<void> => {
  for (const bucketStart of bucketsOf(limit, now)) {
    const value = measured(bucketStart, limit.currency)
    if (limit.when === 'above' ? value <= limit.value : value >= limit.value) continue
    const commandId = derivedUuid(limit.id, 'breach', bucketStart)
    const origin = { commandId, actorId: 'check-thresholds', correlationId: commandId }
    const command = { type: 'RecordBreach' as const, data: { bucketStart, measured: value } }
    await executor.execute(threshold, asId(ThresholdId, limit.id), command, origin)
  }
}

/**
 * Compares metrics with their limits every half a minute; a breach is recorded once in a bucket. What it reads includes all
 * events up to its beginning: while a read model is behind, nothing is compared, and the next run compares.
 */
export const checkThresholds = chore({
  name: 'check-thresholds',
  every: 30_000,
  run: async (ports) => {
    const now = ports.clock().getTime()
    const head = await ports.log.head()
    const { documents } = await ports.readModels.find(
      thresholds,
      { sort: ['createdAt'], limit: mostThresholds, counted: false },
      head,
    )
    const alike = Map.groupBy(documents, ({ metric, bucket }) => `${metric} ${bucket}`)
    for (const limits of alike.values()) {
      const measured = limits[0] && (await measuredBy(ports, limits[0], now, head))
      if (!measured) continue
      for (const limit of limits) await compare(ports, limit, now, measured)
    }
  },
})
