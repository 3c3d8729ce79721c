import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Reply } from './http.ts'
import type { Person } from './shop.ts'
import { until } from './until.ts'

/** So many pieces of each product, and the card to pay with. */
export type Wanted = readonly [pieces: Readonly<Record<string, number>>, card: string]

/** An order that was sent: what came back, or nothing when the connection was cut off. */
export type Sent = {
  readonly key: string
  readonly wanted: Wanted
  readonly reply: Reply | undefined
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

const keyed = (key: string) => ({ 'idempotency-key': key })

/**
 * Sends orders again under their keys, some at a time, each until it is taken.
 * @returns the ids, in the same order
 */
export const sendAgain = async (
  person: Pick<Person, 'order'>,
  sent: readonly Sent[],
): Promise<readonly string[]> => {
  const ids: string[] = []
  const left = sent.entries()
  const worker = async () => {
    for (const [index, { key, wanted }] of left) {
      const send = () => person.order(...wanted, keyed(key))
      const { body } = await until(send, ({ status }) => status === 202, { every: 200 })
      ids[index] = body.data.id
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  return ids
}

/**
 * Has a person place orders, several at the same time, each under a key of its own.
 * @param next the pieces and the card of the order with this number
 * @param options.atOnce so many at a time
 * @param options.total so many in all; default: until it is stopped
 */
export const placeOrders = (
  person: Pick<Person, 'order'>,
  next: (number: number) => Wanted,
  { atOnce, total = Infinity }: { readonly atOnce: number; readonly total?: number },
): Load => {
  const sent: Sent[] = []
  let number = 0
  let stopped = false
  const worker = async () => {
    while (!stopped && number < total) {
      const key = randomUUID()
      const wanted = next(number++)
      const reply = await person.order(...wanted, keyed(key)).catch(() => undefined)
      sent.push({ key, wanted, reply })
      // Refused clients pause, but shorter than Retry-After, to keep up the load.
      if (reply?.status !== 202) await pause(100)
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
