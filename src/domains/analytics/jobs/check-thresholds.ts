import { Check } from 'typebox/value'
import { asId, derivedUuid, timeAt, type DocumentOf } from '#kernel'
import { thresholds } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { MetricName, threshold, ThresholdId, zoneOf } from '../language.ts'
import { seriesOf } from '../services/series.ts'

type Threshold = DocumentOf<typeof thresholds>

const atOnce = 100

/** Value of a metric from one time up to another one, in ms. */
const measured = async (
  { readModels }: Pick<JobPorts, 'readModels'>,
  { metric, currency, bucket }: Threshold,
  from: number,
  to: number,
): Promise<number | undefined> => {
  const zone = zoneOf('UTC')
  if (!zone || !Check(MetricName, metric)) return undefined
  const reads = { readModels, onPosition: () => undefined }
  const series = await seriesOf(reads, {
    metric,
    bucket,
    range: { from, to, timeZone: 'UTC', zone },
  })
  return series
    .filter((one) => currency === undefined || one.currency === currency)
    .reduce((sum, { count, amount = 0 }) => sum + (currency === undefined ? count : amount), 0)
}

/**
 * Compares a metric with its limit: an upper one in the present bucket, a lower one in the bucket before, as the present one
 * is still filling.
 */
const compare = async (ports: JobPorts, limit: Threshold): Promise<void> => {
  const now = ports.clock().getTime()
  const zone = zoneOf('UTC')
  if (!zone) return
  const present = zone.startOf(limit.bucket, now)
  const isUpper = limit.when === 'above'
  const from = isUpper ? present : zone.startOf(limit.bucket, present - 1)
  const bucketStart = timeAt(from)
  // A limit applies to whole buckets from its setting on.
  if (!isUpper && bucketStart < limit.createdAt) return
  if (limit.breach !== undefined && limit.breach.bucketStart >= bucketStart) return
  const value = await measured(ports, limit, from, isUpper ? now + 1 : present)
  if (value === undefined) return
  if (isUpper ? value <= limit.value : value >= limit.value) return
  const commandId = derivedUuid(limit.id, 'breach', bucketStart)
  const origin = { commandId, actorId: 'check-thresholds', correlationId: commandId }
  const data = { bucketStart, measured: value }
  await ports.executor.execute(
    threshold,
    asId(ThresholdId, limit.id),
    { type: 'RecordBreach', data },
    origin,
  )
}

/** Compares metrics with their limits every half a minute; a breach is recorded once in a bucket. */
export const checkThresholds = chore({
  name: 'check-thresholds',
  every: 30_000,
  run: async (ports) => {
    for (let after = ''; ;) {
      const { documents } = await ports.readModels.find(thresholds, {
        where: { id: { gt: after } },
        sort: ['id'],
        limit: atOnce,
        counted: false,
      })
      for (const limit of documents) await compare(ports, limit)
      if (documents.length < atOnce) return
      after = documents.at(-1)!.id
    }
  },
})
