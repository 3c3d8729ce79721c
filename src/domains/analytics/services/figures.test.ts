import { describe, expect, test } from 'vitest'
import type { AnyProjection, RecordedEvent } from '#kernel'
import { foldingAll } from '#kernel/testing'
import { weekOfHistory } from '../../../../test/support/week-of-history.ts'
import { memoryDocuments } from '../../../platform/storage/documents/memory.ts'
import { activeDays, firstAnswers, metricDays, orderFacts } from '../../../projections/index.ts'
import { zoneOf, type Bucket, type MetricName } from '../language.ts'
import type { Reads } from './all-documents.ts'
import type { Range } from './asked-range.ts'
import { dashboardOf } from './dashboard.ts'
import { seriesOf } from './series.ts'

const models: readonly AnyProjection[] = [activeDays, firstAnswers, metricDays, orderFacts]

/** Read models with these documents. */
const readsOf = async (
  documentsOf: (model: AnyProjection) => ReadonlyMap<string, unknown>,
): Promise<Reads> => {
  const documents = memoryDocuments()
  for (const model of models) {
    const generation = await documents.begin(model)
    await documents.publish(generation)
    const upserts = documentsOf(model)
    await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
  }
  return {
    readModels: {
      find: async (model, query) => ({ ...(await documents.find(model, query)), position: 1n }),
    },
    onPosition: () => undefined,
  }
}

/** Folds events as a projector does that restarts every few events: documents come back from JSON. */
const inParts = (model: AnyProjection, events: readonly RecordedEvent[]) => {
  let stored = new Map<string, string>()
  for (let from = 0; from < events.length; from += 7) {
    const changed = new Map<string, unknown>()
    for (const event of events.slice(from, from + 7))
      for (const key of model.reads.includes(event.type) ? model.keysOf(event) : []) {
        const text = stored.get(key)
        const before = changed.has(key) ? changed.get(key) : text && JSON.parse(text)
        changed.set(key, model.evolve(before as never, event, key))
      }
    stored = new Map([
      ...stored,
      ...[...changed].map(([key, it]) => [key, JSON.stringify(it)] as const),
    ])
  }
  return new Map(
    [...stored].flatMap(([key, text]) =>
      // JSON has no text for a document that there is not.
      typeof text === 'string' ? [[key, JSON.parse(text) as unknown] as const] : [],
    ),
  )
}

// The clocks of Berlin are set forward on Sunday, 31 March 2030, at 01:00 UTC.
const monday = Date.parse('2030-03-26T23:00:00Z')
const forward = Date.parse('2030-03-31T01:00:00Z')
const week = 7 * 24 * 60 * 60_000
const { history, orders, gigOrders, answers, facts, acts, activities } = weekOfHistory(monday)
const range: Range = {
  from: monday,
  to: monday + week,
  timeZone: 'Europe/Berlin',
  zone: zoneOf('Europe/Berlin')!,
}
const isIn = (time: number | undefined): time is number =>
  time !== undefined && time >= range.from && time < range.to
/** Berlin's day, by the offsets that are known of this week. */
const dayIn = (time: number): string =>
  new Date(time + (time < forward ? 1 : 2) * 3_600_000).toISOString().slice(0, 10)
const quarter = (time: number): number => time - (time % (15 * 60_000))

/** Sums of values by a key, in the order of keys. */
const sumsBy = <T>(all: readonly T[], keyOf: (one: T) => string, valueOf: (one: T) => bigint) => {
  const sums = new Map<string, bigint>()
  for (const one of all) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0n) + valueOf(one))
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

const sold = orders.filter(({ paidAt }) => isIn(paidAt))
const work = gigOrders.filter(({ takenAt }) => isIn(takenAt))
/** All sales, by the moment that the money was taken. */
const sales = [
  ...sold.map(({ paidAt, currency, amount }) => ({ at: paidAt!, currency, amount })),
  ...work.map(({ takenAt, currency, amount }) => ({ at: takenAt!, currency, amount })),
]
const reads = await readsOf((model) =>
  foldingAll(model, ...history.filter(({ type }) => model.reads.includes(type))),
)
const dashboard = await dashboardOf(reads, range)
const series = (metric: MetricName, bucket: Bucket, groupBy?: string, over = range) =>
  seriesOf(reads, { metric, bucket, groupBy, range: over })

/** Kinds of the names that clients of the week use. */
const kindOf: Readonly<Record<string, string>> = {
  product_view: 'view',
  add_to_cart: 'basket',
  search: 'search',
  idle: 'other',
}

describe('the figures of a seeded week, in which the clocks are set forward, are those of a count of its facts', () => {
  test('sales by day and currency, exact', () => {
    const key = (one: (typeof sales)[number]) => `${dayIn(one.at)} ${one.currency}`
    const amounts = sumsBy(sales, key, ({ amount }) => BigInt(amount))
    const counts = sumsBy(sales, key, () => 1n)
    expect(work.length).toBeGreaterThan(10)
    expect(dashboard.sales.length).toBeGreaterThan(18)
    expect(
      dashboard.sales.map(({ day, currency, amount }) => [`${day} ${currency}`, BigInt(amount)]),
    ).toEqual(amounts)
    expect(
      dashboard.sales.map(({ day, currency, orders: n }) => [`${day} ${currency}`, BigInt(n)]),
    ).toEqual(counts)
  })

  test('orders by status, and how long they took', () => {
    const placed = orders.filter(({ placedAt }) => isIn(placedAt))
    const paid = placed.filter(({ paidAt }) => paidAt !== undefined)
    const statuses = sumsBy(
      [...placed, ...gigOrders],
      ({ status }) => status,
      () => 1n,
    )
    expect(
      Object.entries(dashboard.ordersByStatus).map(([status, n]) => [status, BigInt(n)]),
    ).toEqual(statuses)
    expect(statuses.map(([status]) => status)).toEqual([
      'CANCELLED',
      'COMPLETED',
      'IN_PROGRESS',
      'PAID',
      'REFUNDED',
      'REJECTED',
    ])
    const held = gigOrders.flatMap((one) => (one.heldAt ? [one.heldAt - one.placedAt] : []))
    expect(dashboard.steps.find(({ to }) => to === 'IN_PROGRESS')).toMatchObject({
      from: 'PENDING',
      orders: held.length,
      meanMs: Math.round(held.reduce((sum, one) => sum + one, 0) / held.length),
    })
    const waits = paid.map(({ placedAt, paidAt }) => paidAt! - placedAt).toSorted((a, b) => a - b)
    const step = dashboard.steps.find(({ to }) => to === 'PAID')
    expect(step).toMatchObject({ from: 'PENDING', orders: paid.length })
    const [low, high] = [waits[Math.ceil(waits.length / 2) - 1]!, waits[waits.length >> 1]!]
    expect(step!.medianMs).toBe(Math.round((low + high) / 2))
  })

  test('the funnel and the searches', () => {
    const count = (type: string) =>
      activities.filter((one) => one.eventType === type && isIn(quarter(one.at))).length
    expect(dashboard.funnel).toEqual({
      view: count('product_view'),
      basket: count('add_to_cart'),
      order: orders.length + gigOrders.length,
      paid:
        orders.filter(({ paidAt }) => paidAt !== undefined).length +
        gigOrders.filter(({ heldAt }) => heldAt !== undefined).length,
    })
    const without = activities.filter((one) => one.results === 0 && isIn(quarter(one.at)))
    expect(dashboard.searches).toEqual({ total: count('search'), withoutResult: without.length })
  })

  test('the best products, with their money', () => {
    const pieces = sumsBy(
      sold,
      ({ productId }) => productId,
      ({ quantity }) => BigInt(quantity),
    )
    const best = pieces.toSorted(([a, m], [b, n]) => (m === n ? (a < b ? -1 : 1) : n > m ? 1 : -1))
    expect(
      dashboard.top.products.map(({ productId, quantity }) => [productId, BigInt(quantity)]),
    ).toEqual(best)
    const money = sumsBy(
      sold,
      ({ productId, currency }) => `${productId} ${currency}`,
      ({ amount, delivery }) => BigInt(amount - delivery),
    )
    expect(
      dashboard.top.products
        .flatMap(({ productId, amounts }) =>
          amounts.map(
            ({ currency, amount }) => [`${productId} ${currency}`, BigInt(amount)] as const,
          ),
        )
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ).toEqual(money)
  })

  test('the best gigs, with their money', () => {
    const done = sumsBy(
      work,
      ({ gigId }) => gigId,
      () => 1n,
    )
    const best = done.toSorted(([a, m], [b, n]) => (m === n ? (a < b ? -1 : 1) : n > m ? 1 : -1))
    expect(dashboard.top.gigs.map(({ gigId, orders: n }) => [gigId, BigInt(n)])).toEqual(best)
    const money = dashboard.top.gigs.flatMap(({ gigId, amounts }) =>
      amounts.map(({ currency, amount }) => [`${gigId} ${currency}`, BigInt(amount)] as const),
    )
    expect(money.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(
      sumsBy(
        work,
        ({ gigId, currency }) => `${gigId} ${currency}`,
        ({ amount }) => BigInt(amount),
      ),
    )
  })

  test('first answers of sellers, without those of buyers', () => {
    const given = answers.filter(({ at }) => isIn(at)).map(({ seconds }) => seconds)
    const sorted = given.toSorted((a, b) => a - b)
    const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1]!, sorted[sorted.length >> 1]!]
    expect(sorted.length).toBeGreaterThan(10)
    expect(dashboard.sellers).toEqual({
      answers: sorted.length,
      medianSeconds: Math.round((low + high) / 2),
    })
  })

  test('refunds, ended orders, posts, likes and messages', async () => {
    const happened = facts.filter(({ at }) => isIn(quarter(at)))
    const isOf = {
      orders_ended: /^(CANCELLED|REJECTED)/,
      refunds: /^refund/,
      posts: /^post$/,
      likes: /^like$/,
      unlikes: /^unlike$/,
      messages: /^message$/,
    } as const
    for (const metric of [
      'orders_ended',
      'refunds',
      'posts',
      'likes',
      'unlikes',
      'messages',
    ] as const) {
      const grouped = metric === 'orders_ended' || metric === 'refunds'
      const found = await series(metric, 'day', grouped ? 'kind' : undefined)
      const expected = happened.filter(({ what }) => isOf[metric].test(what))
      const keyOf = ({ at, what }: (typeof facts)[number]): string => {
        const [, kind = '', currency = ''] = what.split(' ')
        return `${dayIn(at)} ${kind} ${currency}`
      }
      const key = (one: (typeof found)[number]): string =>
        `${one.bucket} ${one.group ?? ''} ${one.currency ?? ''}`
      expect(found.length, metric).toBeGreaterThan(3)
      expect(
        sumsBy(found, key, ({ count }) => BigInt(count)),
        metric,
      ).toEqual(sumsBy(expected, keyOf, () => 1n))
      expect(
        sumsBy(found, key, ({ amount = 0 }) => BigInt(amount)),
        metric,
      ).toEqual(sumsBy(expected, keyOf, ({ amount = 0 }) => BigInt(amount)))
    }
  })

  test('active people by day and month, new and returning', () => {
    const present = acts.filter(({ at }) => isIn(quarter(at)))
    const by = (keyOf: (time: number) => string) => {
      const people = new Map<string, Set<number>>()
      for (const { at, person } of present) {
        const there = people.get(keyOf(at)) ?? new Set()
        people.set(keyOf(at), there.add(person))
      }
      return [...people]
        .map(([bucket, { size }]) => ({ bucket, people: size }))
        .toSorted((a, b) => (a.bucket < b.bucket ? -1 : 1))
    }
    expect(dashboard.active.day).toEqual(by(dayIn))
    expect(dashboard.active.day.length).toBeGreaterThanOrEqual(7)
    expect(dashboard.active.month).toEqual(by((time) => dayIn(time).slice(0, 7)))
    const everybody = new Set(present.map(({ person }) => person))
    // Every second one has registered in the week.
    const newcomers = [...everybody].filter((person) => person % 2 === 1)
    expect(dashboard.people).toEqual({
      active: everybody.size,
      new: newcomers.length,
      returning: everybody.size - newcomers.length,
    })
  })

  test('metrics by hour, day, week and month add up to the same, in every time zone', async () => {
    const total = sumsBy(
      sales,
      ({ currency }) => currency,
      ({ amount }) => BigInt(amount),
    )
    for (const name of ['Europe/Berlin', 'Asia/Kolkata', 'America/New_York'])
      for (const bucket of ['hour', 'day', 'week', 'month'] as const) {
        const over = { ...range, timeZone: name, zone: zoneOf(name)! }
        const found = await series('sales', bucket, undefined, over)
        expect(
          sumsBy(
            found,
            (one) => one.currency!,
            ({ amount = 0 }) => BigInt(amount),
          ),
        ).toEqual(total)
      }
    const days = await series('activity', 'day', 'eventType')
    const counted = activities.filter(({ at }) => isIn(quarter(at)))
    expect(
      sumsBy(
        days,
        ({ bucket, group }) => `${bucket} ${group}`,
        ({ count }) => BigInt(count),
      ),
    ).toEqual(
      sumsBy(
        counted,
        ({ at, eventType }) => `${dayIn(at)} ${kindOf[eventType]}`,
        () => 1n,
      ),
    )
  })

  test('and are the same when all of it is rebuilt', async () => {
    const rebuilt = await readsOf((model) => inParts(model, history))
    expect(await dashboardOf(rebuilt, range)).toEqual(dashboard)
    for (const [metric, groupBy] of [
      ['orders_placed', 'currency'],
      ['searches', 'found'],
      ['active_people', undefined],
    ] as const)
      expect(await seriesOf(rebuilt, { metric, bucket: 'hour', groupBy, range })).toEqual(
        await series(metric, 'hour', groupBy),
      )
  })
})
