import { Type, type Static } from 'typebox'
import { timeAt } from '#kernel'
import { AnyOrderStatus } from '../../ordering/language.ts'
import { firstAnswers, metricDays, orderFacts } from '../../../projections/index.ts'
import { slotStart, type Bucket } from '../language.ts'
import { daysIn, eachDocument, momentsIn, type Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'
import { eachPresence } from './counted.ts'
import { medianOf } from './median.ts'
import { salesIn } from './sales.ts'

const Count = Type.Integer({ minimum: 0 })
const Amounts = Type.Array(
  Type.Object({ currency: Type.String(), amount: Type.Integer({ description: 'In minor units' }) }),
)
const People = Type.Array(
  Type.Object({
    bucket: Type.String({ description: 'A day, the Monday of a week, or a month' }),
    people: Count,
  }),
)

/** Figures of a range of time. */
export const Dashboard = Type.Object({
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time', description: 'The first moment after the range' }),
  timeZone: Type.String(),
  sales: Type.Array(
    Type.Object({
      day: Type.String(),
      currency: Type.String(),
      amount: Type.Integer({ description: 'In minor units' }),
      orders: Count,
    }),
    { description: 'By the day on which the money was taken' },
  ),
  ordersByStatus: Type.Record(Type.String(), Count, {
    description: 'Orders that were placed in the range, by their present status',
  }),
  steps: Type.Array(
    Type.Object({
      from: AnyOrderStatus,
      to: AnyOrderStatus,
      orders: Count,
      medianMs: Count,
      meanMs: Count,
    }),
    { description: 'How long orders that were placed in the range took between two statuses' },
  ),
  funnel: Type.Object(
    { view: Count, basket: Count, order: Count, paid: Count },
    {
      description:
        'Views and baskets as clients report them; orders that were placed, and those of them that were paid (of gigs: whose money is held)',
    },
  ),
  top: Type.Object({
    products: Type.Array(
      Type.Object({ productId: Type.String(), quantity: Count, amounts: Amounts }),
    ),
    gigs: Type.Array(Type.Object({ gigId: Type.String(), orders: Count, amounts: Amounts })),
  }),
  active: Type.Object({ day: People, week: People, month: People }),
  people: Type.Object(
    { active: Count, new: Count, returning: Count },
    { description: 'People who did something in the range; `new` ones have registered in it' },
  ),
  searches: Type.Object({ total: Count, withoutResult: Count }),
  sellers: Type.Object(
    { answers: Count, medianSeconds: Type.Optional(Count) },
    { description: 'First answers of sellers to conversations about their gigs' },
  ),
})
export type Dashboard = Static<typeof Dashboard>

/** Orders that were placed in a range: their status, steps, and how many were paid. */
const ordersIn = async (reads: Reads, range: Range) => {
  const statuses = new Map<string, number>()
  const steps = new Map<string, { from: AnyOrderStatus; to: AnyOrderStatus; took: number[] }>()
  const funnel = { order: 0, paid: 0 }
  await eachDocument(reads, orderFacts, { placedAt: momentsIn(range) }, 'placedAt', (one) => {
    funnel.order += 1
    const isHeld = one.steps.some(({ status }) => status === 'IN_PROGRESS')
    if (one.paidAt !== undefined || isHeld) funnel.paid += 1
    statuses.set(one.status, (statuses.get(one.status) ?? 0) + 1)
    for (const [index, { status, at }] of one.steps.entries()) {
      const before = one.steps[index - 1]
      if (!before) continue
      const took = Math.max(0, Date.parse(at) - Date.parse(before.at))
      const key = `${before.status} ${status}`
      const step = steps.get(key)
      if (step) step.took.push(took)
      else steps.set(key, { from: before.status, to: status, took: [took] })
    }
  })
  const sorted = [...statuses].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    ordersByStatus: Object.fromEntries(sorted),
    steps: [...steps.values()].map(({ from, to, took }) => ({
      from,
      to,
      orders: took.length,
      medianMs: medianOf(took),
      meanMs: Math.round(took.reduce((sum, one) => sum + one, 0) / took.length),
    })),
    funnel,
  }
}

/** Views, baskets and searches that clients have reported. */
const activitiesIn = async (reads: Reads, range: Range) => {
  const sums = { view: 0, basket: 0, searches: 0, withoutResult: 0 }
  const where = { metric: { in: ['activity', 'searches'] }, day: daysIn(range) }
  await eachDocument(reads, metricDays, where, 'day', ({ metric, day, dimensions, slots }) => {
    const kind = dimensions['eventType']
    for (const { slot, count } of slots) {
      const time = slotStart({ day, slot })
      if (time < range.from || time >= range.to) continue
      if (metric === 'searches') {
        sums.searches += count
        if (dimensions['found'] === 'no') sums.withoutResult += count
      } else if (kind === 'view' || kind === 'basket') sums[kind] += count
    }
  })
  return sums
}

/** Distinct people by day, week and month, and of the whole range. */
const peopleIn = async (reads: Reads, range: Range) => {
  const buckets = ['day', 'week', 'month'] as const
  const seen = new Map<Bucket, Map<number, Set<string>>>(buckets.map((one) => [one, new Map()]))
  const [everybody, newcomers] = [new Set<string>(), new Set<string>()]
  await eachPresence(reads, range, ({ userId, times, isNew }) => {
    everybody.add(userId)
    if (isNew) newcomers.add(userId)
    for (const [bucket, people] of seen)
      for (const time of times) {
        const start = range.zone.startOf(bucket, time)
        const there = people.get(start)
        if (there) there.add(userId)
        else people.set(start, new Set([userId]))
      }
  })
  const of = (bucket: Bucket) =>
    [...(seen.get(bucket) ?? [])]
      .toSorted(([a], [b]) => a - b)
      .map(([time, { size }]) => ({ bucket: range.zone.bucketAt(bucket, time), people: size }))
  return {
    active: { day: of('day'), week: of('week'), month: of('month') },
    people: {
      active: everybody.size,
      new: newcomers.size,
      returning: everybody.size - newcomers.size,
    },
  }
}

const answersIn = async (reads: Reads, range: Range) => {
  const waits: number[] = []
  const where = { answeredAt: momentsIn(range) }
  await eachDocument(reads, firstAnswers, where, 'answeredAt', ({ answeredIn = 0 }) =>
    waits.push(answeredIn),
  )
  return {
    answers: waits.length,
    ...(waits.length > 0 && { medianSeconds: medianOf(waits) }),
  }
}

/** Computes the figures of a range of time from the read models. */
export const dashboardOf = async (reads: Reads, range: Range): Promise<Dashboard> => {
  const [sold, placed, done, present, sellers] = await Promise.all([
    salesIn(reads, range),
    ordersIn(reads, range),
    activitiesIn(reads, range),
    peopleIn(reads, range),
    answersIn(reads, range),
  ])
  const { view, basket, searches, withoutResult } = done
  return {
    from: timeAt(range.from),
    to: timeAt(range.to),
    timeZone: range.timeZone,
    ...sold,
    ordersByStatus: placed.ordersByStatus,
    steps: placed.steps,
    funnel: { view, basket, ...placed.funnel },
    ...present,
    searches: { total: searches, withoutResult },
    sellers,
  }
}
