import type { Row, Session } from '../../src/platform/engines/postgres/database.ts'

/** Watches the log for the ends of orders. */
export type Settled = AsyncDisposable & {
  /** Resolves when the order is confirmed; rejects when it ends otherwise. */
  readonly confirmed: (orderId: string) => Promise<void>
  /** Returns the number of confirmed orders. */
  readonly count: () => number
}

/** Interval between polls of the log, in ms. */
const pollEvery = 15

const pause = () => new Promise((resolve) => setTimeout(resolve, pollEvery))

/** Polls the log from its present head. */
export const watchOrders = async (database: Session): Promise<Settled> => {
  const ends = new Map<string, string>()
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  let stopped = false
  let count = 0
  const headOf = async (): Promise<bigint> =>
    (await database.query<{ position: bigint }>('SELECT position FROM agora.head'))[0]!.position
  let position = await headOf()

  const settle = (orderId: string, type: string): void => {
    const waits = waiting.get(orderId)
    waiting.delete(orderId)
    if (!waits) ends.set(orderId, type)
    else if (type === 'OrderConfirmed') waits.resolve()
    else waits.reject(new Error(`${orderId} ended with ${type}`))
  }
  const poll = async (): Promise<void> => {
    const head = await headOf()
    const rows = await database.query<Row & { stream: string; type: string }>({
      name: 'ended',
      text: `SELECT stream, type FROM agora.events WHERE position > $1 AND position <= $2
             AND type IN ('OrderConfirmed', 'OrderRejected', 'OrderCancelled')`,
      values: [position, head],
    })
    position = head
    for (const { stream, type } of rows) {
      if (type === 'OrderConfirmed') count += 1
      settle(stream.slice('order-'.length), type)
    }
  }
  const polling = (async () => {
    while (!stopped) {
      await poll()
      await pause()
    }
  })()

  return {
    confirmed: (orderId) =>
      new Promise((resolve, reject) => {
        waiting.set(orderId, { resolve, reject })
        const end = ends.get(orderId)
        ends.delete(orderId)
        if (end !== undefined) settle(orderId, end)
      }),
    count: () => count,
    [Symbol.asyncDispose]: async () => {
      stopped = true
      await polling
    },
  }
}

/** Times from OrderPlaced to OrderConfirmed, of orders confirmed between two moments, in ms. */
export const settleTimes = async (
  database: Session,
  from: Date,
  to: Date,
): Promise<readonly number[]> => {
  const rows = await database.query<{ took: number }>({
    text: `SELECT (extract(epoch FROM c.at - p.at) * 1000)::float8 AS took
           FROM agora.events c JOIN agora.events p ON p.stream = c.stream AND p.revision = 0
           WHERE c.type = 'OrderConfirmed' AND c.at BETWEEN $1 AND $2`,
    values: [from, to],
  })
  return rows.map(({ took }) => took)
}

/**
 * Progress of orders placed between two moments: the median time in ms from OrderPlaced until the saga appended its move
 * for each event.
 */
export const stepTimes = async (
  database: Session,
  from: Date,
  to: Date,
): Promise<readonly string[]> => {
  const rows = await database.query<{ step: string; took: number }>({
    text: `SELECT e.data -> 'input' ->> 'type' AS step,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - p.at) * 1000) AS took
           FROM agora.events p
           JOIN agora.events e ON e.stream = 'fulfilment-' || substr(p.stream, ${'order-'.length + 1})
           WHERE p.type = 'OrderPlaced' AND p.at BETWEEN $1 AND $2 GROUP BY 1 ORDER BY 2`,
    values: [from, to],
  })
  return rows.map(({ step, took }) => `${step} ${took.toFixed(0)}`)
}
