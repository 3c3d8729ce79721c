import type { Bench } from './support/bench.ts'
import { cannon } from './support/cannon.ts'
import { callers, openLoop } from './support/load.ts'
import { meter } from './support/costs.ts'
import { atLeast, atMost, type Measure } from './support/measure.ts'
import { rawInsert } from './support/raw-insert.ts'
import { settleTimes, stepTimes, watchOrders, type Settled } from './support/settled.ts'
import { openShop, prefix, type Shop } from './support/shop.ts'
import { latencies, percentile } from './support/statistics.ts'

/** Number of buyers, each of whom waits for the confirmation of an order before placing the next. */
const buyers = 256
const connections = 32
/** Orders per second at which no queue builds up. */
const ordersPerSecond = 100
/** Raw appends per second beside the moderate rate, to measure the latency of one at that load. */
const appendsPerSecond = 10
/**
 * Goals: rate of whole orders as a share of raw inserts; time to settle as a multiple of a raw append; CPU time of an
 * order in a flood, in µs of the server and of PostgreSQL.
 */
const goals = { whole: 0.24, settle: 25, flood: { server: 1_500, postgres: 1_400 } }

/** Timeout for the remaining confirmations after the last order was placed, in ms. */
const timeoutMs = 120_000

const basketOf = (refId: string) => ({
  items: [{ kind: 'product', refId, quantity: 1 }],
  shippingAddress: {
    name: 'Ada',
    line1: '1 Main Street',
    city: 'London',
    postalCode: 'N1 9GU',
    country: 'GB',
  },
  paymentMethod: { token: 'tok_ok' },
})

const anyOf = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!

const placing =
  ({ client, buyer, products }: Shop) =>
  async (): Promise<string> => {
    const { data } = await client.call<{ readonly data: { readonly id: string } }>(
      'POST',
      `${prefix}/orders`,
      basketOf(anyOf(products)),
      buyer,
    )
    return data.id
  }

/** Counts all events, and those that begin an order. */
const countEvents = async ({ database: { database } }: Shop) => {
  const [row] = await database.query<{ events: number; orders: number }>(
    `SELECT count(*)::integer AS events, count(*) FILTER (WHERE type = 'OrderPlaced')::integer AS orders
     FROM agora.events`,
  )
  return row!
}

/** Waits for a number of confirmations. @throws Error after the timeout */
const untilConfirmed = async (settled: Settled, count: number): Promise<void> => {
  const late = performance.now() + timeoutMs
  while (settled.count() < count) {
    if (performance.now() > late)
      throw new Error(`Only ${settled.count()} of ${count} orders were confirmed`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Measures at a moderate rate, without queues. */
const measureModerate = async (bench: Bench, shop: Shop): Promise<Measure> => {
  const place = placing(shop)
  await using raw = await rawInsert(shop.database.url)
  const append = async (): Promise<number> => {
    const startedAt = performance.now()
    await raw.insert()
    return performance.now() - startedAt
  }
  await using settled = await watchOrders(shop.database.database)
  const from = new Date()
  const ended = await meter(bench, shop.server)
  const seconds = bench.seconds(8)
  const [placed, appends] = await Promise.all([
    openLoop(ordersPerSecond, seconds, place),
    openLoop(appendsPerSecond, seconds, append),
  ])
  await untilConfirmed(settled, placed.length)
  const cost = await ended(placed.length)
  const took = await settleTimes(shop.database.database, from, new Date())
  const [figure, reference] = [percentile(took, 0.5), percentile(appends, 0.5)]
  return {
    what: `time to settle at ${ordersPerSecond} orders/s (open loop), median`,
    figure,
    unit: 'ms',
    reference: { what: 'one raw append at that load', figure: reference },
    ratio: figure / reference,
    cost,
    goal: atMost(goals.settle, '', figure / reference),
    notes: [
      `from OrderPlaced to OrderConfirmed: ${latencies(took)}; ${took.length} orders`,
      `taken in by the saga after (median ms): ${(await stepTimes(shop.database.database, from, new Date())).join(', ')}`,
    ],
  }
}

/** Measures the maximum rate of whole orders, with a fixed number of buyers. */
const measureSaturated = async (bench: Bench, shop: Shop, raw: number): Promise<Measure> => {
  const place = placing(shop)
  const { database } = shop.database
  await using settled = await watchOrders(database)
  const whole = async () => settled.confirmed(await place())
  await callers(buyers, bench.seconds(4), whole)

  const before = await countEvents(shop)
  const ended = await meter(bench, shop.server)
  const from = new Date()
  const { rate, latencies: carried } = await callers(buyers, bench.seconds(16), whole)
  const to = new Date()
  const cost = await ended(carried.length)
  const after = await countEvents(shop)
  const each = (after.events - before.events) / (after.orders - before.orders)
  await shop.server.profiled('orders', () => callers(buyers, bench.seconds(4), whole))

  return {
    what: `whole orders, ${buyers} buyers who wait for each`,
    figure: rate,
    unit: '/s',
    reference: { what: `raw inserts of ${each.toFixed(1)} events`, figure: raw / each },
    ratio: rate / (raw / each),
    cost,
    goal: atLeast(goals.whole, '', rate / (raw / each)),
    notes: [
      `from OrderPlaced to OrderConfirmed: ${latencies(await settleTimes(database, from, to))}`,
      `${each.toFixed(1)} events an order`,
    ],
  }
}

/** Measures the maximum rate of accepted orders, then the time until all are settled. */
const measureFlood = async (bench: Bench, shop: Shop): Promise<readonly Measure[]> => {
  using gun = cannon()
  await using settled = await watchOrders(shop.database.database)
  const before = await countEvents(shop)
  const ended = await meter(bench, shop.server)
  const since = performance.now()
  const shot = await gun.fire({
    url: shop.server.url,
    connections,
    seconds: bench.seconds(5),
    requests: shop.products.map((id) => ({
      method: 'POST',
      path: `${prefix}/orders`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.buyer}` },
      body: JSON.stringify(basketOf(id)),
    })),
  })
  const confirmed = settled.count()
  const { orders } = await countEvents(shop)
  const placed = orders - before.orders
  await untilConfirmed(settled, placed)
  const took = (performance.now() - since) / 1_000
  const cost = await ended(placed, shot.cpu)
  const { server, postgres } = cost
  return [
    {
      what: `orders accepted (POST /orders), ${connections} connections`,
      figure: shot.rate,
      unit: '/s',
      notes: [
        `p50 ${shot.p50}, p99 ${shot.p99} ms; ${shot.failed} failed; ${confirmed} of ${placed} were confirmed meanwhile`,
      ],
    },
    {
      what: `whole orders of that flood, until the last was confirmed`,
      figure: placed / took,
      unit: '/s',
      notes: [`${placed} orders in ${took.toFixed(1)} s`],
      cost,
    },
    {
      what: `CPU of an order in a flood of ${connections}: server`,
      figure: server / 1_000,
      unit: 'ms',
      goal: atMost(goals.flood.server / 1_000, 'ms', server / 1_000),
    },
    {
      what: `CPU of an order in a flood of ${connections}: PostgreSQL`,
      figure: postgres / 1_000,
      unit: 'ms',
      goal: atMost(goals.flood.postgres / 1_000, 'ms', postgres / 1_000),
    },
  ]
}

/** Orders from the request to the confirmation, over HTTP, with payment and notification. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const raw = await (async () => {
    await using own = await bench.freshDatabase()
    await using reference = await rawInsert(own.url)
    await callers(256, bench.seconds(1), reference.insert)
    return (await callers(256, bench.seconds(2), reference.insert)).rate
  })()
  await using shop = await openShop(bench, { products: bench.many(1_000) })
  return [
    await measureModerate(bench, shop),
    await measureSaturated(bench, shop, raw),
    ...(await measureFlood(bench, shop)),
  ]
}
