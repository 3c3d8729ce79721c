import { Type, type Static } from 'typebox'
import { timeAt } from '#kernel'
import { metricOf, type Bucket, type Dimensions, type MetricName } from '../language.ts'
import type { Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'
import { eachPoint, eachPresence } from './counted.ts'

/** Number of groups of a series; further ones are summed up as `other`. */
const mostGroups = 100

/** A value of a series. */
export const SeriesPoint = Type.Object({
  bucket: Type.String({
    description: 'A day, the Monday of a week, a month, or an hour with its offset',
  }),
  start: Type.String({ format: 'date-time', description: 'Where the bucket begins' }),
  group: Type.Optional(Type.String({ description: 'Value of the dimension of `groupBy`' })),
  count: Type.Integer(),
  currency: Type.Optional(Type.String()),
  amount: Type.Optional(Type.Integer({ description: 'In minor units' })),
})
export type SeriesPoint = Static<typeof SeriesPoint>

type Sum = { time: number; group: string | undefined; currency: string | undefined } & {
  count: number
  amount: number
}

/** Adds up counts by a key. */
const sums = () => {
  const byKey = new Map<string, Sum>()
  return {
    add: ({ count, amount, ...of }: Sum): void => {
      const key = JSON.stringify([of.time, of.group, of.currency])
      const sum = byKey.get(key)
      if (!sum) return void byKey.set(key, { ...of, count, amount })
      sum.count += count
      sum.amount += amount
    },
    all: (): readonly Sum[] => [...byKey.values()],
  }
}

/** Number of points of a series, apart from currencies: a series of many buckets has fewer groups. */
const mostPoints = 50_000

/** Number of groups whose totals are compared; beyond it, the smaller half of those found so far is left out. */
const mostCompared = 20_000

/** Dimensions with any number of values; the others have few. */
const unbounded: ReadonlySet<string> = new Set(['productId', 'gigId'])

/** Shortest lengths of buckets, in ms. */
const lengths = { hour: 3_600_000, day: 82_800_000, week: 600_000_000, month: 2_400_000_000 }

const largest = (
  totals: ReadonlyMap<string, number>,
  count: number,
): (readonly [string, number])[] =>
  [...totals].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, count)

/** Returns the groups that a series shows: the largest ones of its range. */
const groupsOf = async (
  each: (take: (group: string, count: number) => void) => Promise<void>,
  bucket: Bucket,
  { from, to }: Range,
): Promise<ReadonlySet<string>> => {
  let totals = new Map<string, number>()
  await each((group, count) => {
    totals.set(group, (totals.get(group) ?? 0) + count)
    if (totals.size > mostCompared) totals = new Map(largest(totals, mostCompared / 2))
  })
  const buckets = Math.ceil((to - from) / lengths[bucket]) + 1
  const most = Math.max(1, Math.min(mostGroups, Math.floor(mostPoints / buckets)))
  return new Set(largest(totals, most).map(([group]) => group))
}

const distinct = async (reads: Reads, bucket: Bucket, range: Range): Promise<readonly Sum[]> => {
  const people = new Map<number, Set<string>>()
  await eachPresence(reads, range, ({ userId, times }) => {
    for (const time of times) {
      const start = range.zone.startOf(bucket, time)
      const there = people.get(start)
      if (there) there.add(userId)
      else people.set(start, new Set([userId]))
    }
  })
  return [...people].map(([time, { size }]) => ({
    time,
    group: undefined,
    currency: undefined,
    count: size,
    amount: 0,
  }))
}

/**
 * Returns the values of a metric in a range by bucket, and by the values of a dimension; buckets without any are left out.
 * Money is by currency in any case.
 * @param asked.groupBy one of the metric's dimensions
 */
export const seriesOf = async (
  reads: Reads,
  {
    metric,
    bucket,
    groupBy,
    range,
  }: {
    readonly metric: MetricName
    readonly bucket: Bucket
    readonly groupBy?: string | undefined
    readonly range: Range
  },
): Promise<readonly SeriesPoint[]> => {
  const { zone } = range
  const { money = false } = metricOf(metric)
  const summed = sums()
  if (metric === 'active_people')
    for (const sum of await distinct(reads, bucket, range)) summed.add(sum)
  else {
    const groupIn = (dimensions: Dimensions): string | undefined =>
      groupBy === undefined ? undefined : (dimensions[groupBy] ?? '')
    // Read twice, so that only the points that are shown are in memory.
    const shown =
      groupBy === undefined || !unbounded.has(groupBy)
        ? undefined
        : await groupsOf(
            (take) =>
              eachPoint(reads, metric, range, ({ dimensions, count }) =>
                take(groupIn(dimensions) ?? '', count),
              ),
            bucket,
            range,
          )
    await eachPoint(reads, metric, range, ({ time, dimensions, count, amount }) => {
      const group = groupIn(dimensions)
      summed.add({
        time: zone.startOf(bucket, time),
        group: group === undefined || !shown || shown.has(group) ? group : 'other',
        currency: money ? dimensions['currency'] : undefined,
        count,
        amount,
      })
    })
  }
  const text = ({ group = '', currency = '' }: Sum): string => `${group} ${currency}`
  return summed
    .all()
    .toSorted((a, b) => a.time - b.time || (text(a) < text(b) ? -1 : 1))
    .map(({ time, group, currency, count, amount }) => ({
      bucket: zone.bucketAt(bucket, time),
      start: timeAt(time),
      ...(group !== undefined && { group }),
      count,
      ...(currency !== undefined && { currency, amount }),
    }))
}
