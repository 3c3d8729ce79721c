import { randomUUID } from 'node:crypto'
import type { Reply } from './http.ts'
import type { Person } from './shop.ts'

/** An order that was sent: what came back, or nothing when the connection was cut off. */
export type Sent = {
  readonly key: string
  readonly reply: Reply | undefined
  /** When it was sent and answered, as `performance.now()`. */
  readonly from: number
  readonly to: number
}

/** Orders that are sent all the while. */
export type Load = {
  /** Everything that was sent and answered, or cut off, so far. */
  readonly sent: readonly Sent[]
  /** The ids of all orders that were acknowledged. */
  readonly acknowledged: () => readonly string[]
  /** How often each status came back; cut off ones count as 0. */
  readonly statuses: () => ReadonlyMap<number, number>
  /** Sends no more. @returns when all that was sent is answered or cut off */
  readonly stop: () => Promise<void>
  /** Resolves when all is sent and answered, or cut off. */
  readonly over: Promise<void>
}

/**
 * Has a person place orders, several at the same time, each under a key of its own.
 * @param next the pieces and the card of the order with this number
 * @param options.atOnce so many at a time
 * @param options.total so many in all; default: until it is stopped
 */
export const placeOrders = (
  person: Pick<Person, 'order'>,
  next: (number: number) => readonly [pieces: Readonly<Record<string, number>>, card: string],
  { atOnce, total = Infinity }: { readonly atOnce: number; readonly total?: number },
): Load => {
  const sent: Sent[] = []
  let number = 0
  let stopped = false
  const worker = async () => {
    while (!stopped && number < total) {
      const key = randomUUID()
      const from = performance.now()
      const reply = await person
        .order(...next(number++), { 'idempotency-key': key })
        .catch(() => undefined)
      sent.push({ key, reply, from, to: performance.now() })
    }
  }
  const over = Promise.all(Array.from({ length: atOnce }, worker)).then(() => undefined)
  return {
    sent,
    acknowledged: () =>
      sent.flatMap(({ reply }) => (reply?.status === 202 ? [String(reply.body.data.id)] : [])),
    statuses: () =>
      new Map(
        [...Map.groupBy(sent, ({ reply }) => reply?.status ?? 0)].map(([status, all]) => [
          status,
          all.length,
        ]),
      ),
    stop: () => {
      stopped = true
      return over
    },
    over,
  }
}
