import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import type { Bench } from './support/bench.ts'
import { client, type Client } from './support/client.ts'
import { meter } from './support/costs.ts'
import { openLoop } from './support/load.ts'
import { atMost, type Measure } from './support/measure.ts'
import { startServer } from './support/process.ts'
import { openShop, prefix } from './support/shop.ts'
import { latencies, percentile } from './support/statistics.ts'

/** Orders per second. */
const rate = 50

/** Goals: time from the request to the push, as multiples of the hand-written server's. */
const goal = { p50: 4.5, p99: 4 }

/** Time after which a push counts as lost, in ms. */
const timeoutMs = 10_000

type Placed = {
  readonly data: { readonly id: string }
  readonly meta: { readonly position: string }
}

/** Times of one order's answer and push, in ms since its request was issued. */
type Times = { readonly answered: number; readonly pushed: number; readonly status: string }

/** Records the time and the status of the first push of each order. */
const firstPushes = (socket: Socket) => {
  const first = new Map<string, { at: number; status: string }>()
  const waiting = new Map<string, () => void>()
  socket.on('order:status', ({ orderId, status }: { orderId: string; status: string }) => {
    if (first.has(orderId)) return
    first.set(orderId, { at: performance.now(), status })
    waiting.get(orderId)?.()
  })
  return {
    /** Waits for the first push of an order. */
    of: async (orderId: string) => {
      if (!first.has(orderId))
        await new Promise<void>((resolve, reject) => {
          const lost = () => reject(new Error(`No push of ${orderId} arrived`))
          const late = setTimeout(lost, timeoutMs)
          waiting.set(orderId, () => {
            clearTimeout(late)
            resolve()
          })
        })
      return first.get(orderId)!
    },
  }
}

type Target = {
  readonly url: string
  readonly client: Client
  readonly token: string
  readonly products: readonly string[]
}

const place = ({ client: http, token, products }: Target, index: number): Promise<Placed> =>
  http.call<Placed>(
    'POST',
    `${prefix}/orders`,
    {
      items: [{ kind: 'product', refId: products[index % products.length], quantity: 1 }],
      paymentMethod: { token: 'tok_ok' },
    },
    token,
  )

/** Places orders at a steady rate, and records the pushes at the buyer's socket. */
const listen = async (target: Target, seconds: number): Promise<readonly Times[]> => {
  const socket = io(`${target.url}/orders`, {
    transports: ['websocket'],
    auth: { token: target.token },
    forceNew: true,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    const pushes = firstPushes(socket)
    return await openLoop(rate, seconds, async (index) => {
      const issued = performance.now()
      const { data } = await place(target, index)
      const answered = performance.now() - issued
      const { at, status } = await pushes.of(data.id)
      return { answered, pushed: at - issued, status }
    })
  } finally {
    socket.disconnect()
  }
}

/** Places orders at a steady rate, and reads each from its read model after its answer. */
const readBack = (target: Target, seconds: number): Promise<readonly number[]> =>
  openLoop(rate, seconds, async (index) => {
    const issued = performance.now()
    const { data, meta } = await place(target, index)
    await target.client.call(
      'GET',
      `${prefix}/orders/${data.id}?minPosition=${meta.position}`,
      undefined,
      target.token,
    )
    return performance.now() - issued
  })

/** Time from the command to the read model and to the buyer's socket, relative to a hand-written server. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: bench.many(200) })
  await using other = await bench.freshDatabase()
  await using bare = await startServer(bench, join(import.meta.dirname, 'support/bare-server.ts'), {
    AGORA_URL: shop.server.url,
    POSTGRES_URL: other.url,
  })
  using bareClient = client(bare.url)
  const agora = {
    url: shop.server.url,
    client: shop.client,
    token: shop.buyer,
    products: shop.products,
  }
  const byHand = { ...agora, url: bare.url, client: bareClient }

  await listen(agora, bench.seconds(3))
  await listen(byHand, bench.seconds(2))
  await shop.database.checkpoint()
  const ended = await meter(bench, shop.server)
  const times = await shop.server.profiled('lag', () => listen(agora, bench.seconds(10)))
  const cost = await ended(times.length)
  const reference = await listen(byHand, bench.seconds(5))
  const read = await readBack(agora, bench.seconds(5))

  const pushed = times.map((one) => one.pushed)
  const raw = reference.map((one) => one.pushed)
  const pending = times.filter(({ status }) => status === 'PENDING').length
  const measureOf = (name: 'p50' | 'p99', at: number): Measure => {
    const figure = percentile(pushed, at)
    const rawFigure = percentile(raw, at)
    return {
      what: `POST /orders issued → first order:status heard, ${rate}/s, ${name}`,
      figure,
      unit: 'ms',
      reference: { what: 'by hand, in one transaction', figure: rawFigure },
      ratio: figure / rawFigure,
      cost,
      goal: atMost(goal[name], '', figure / rawFigure),
    }
  }
  return [
    {
      ...measureOf('p50', 0.5),
      notes: [
        `the first status heard was PENDING for ${pending} of ${times.length} orders; later ones may pass over it`,
        `request → answer: ${latencies(times.map(({ answered }) => answered))}; by hand ${latencies(reference.map(({ answered }) => answered))}`,
        `answer → push (below 0 where the push came first): ${latencies(times.map((one) => one.pushed - one.answered))}`,
      ],
    },
    measureOf('p99', 0.99),
    {
      what: `POST /orders issued → GET with ?minPosition answered, ${rate}/s, p50`,
      figure: percentile(read, 0.5),
      unit: 'ms',
      notes: [latencies(read)],
    },
  ]
}
