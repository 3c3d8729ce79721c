import { io } from 'socket.io-client'
import { successOf } from '../../support/shop.ts'
import type { CountedAgora } from './counted-agora.ts'

/** Runs an operation `total` times, `atOnce` of them concurrently. */
export const many = async (
  total: number,
  atOnce: number,
  operation: (number: number) => Promise<unknown>,
): Promise<void> => {
  const left = Array.from({ length: total }, (_, number) => number).values()
  const worker = async () => {
    for (const number of left) await operation(number)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/**
 * Creates a shop with products, a seller and a buyer, and warms it up.
 * @param options.productCount default: 32
 */
export const usedShop = async (
  { shop }: Pick<CountedAgora, 'shop'>,
  { productCount = 32 }: { readonly productCount?: number } = {},
) => {
  const seller = await shop.admin()
  const products = await Promise.all(Array.from({ length: productCount }, () => shop.sell(10_000)))
  const buyer = await shop.register()
  /** Returns a command that sets the stock of one of the first `of` products. */
  const count =
    (of: number, headers: (number: number) => Record<string, string> = () => ({})) =>
    async (number: number) => {
      const body = { quantity: 10_000 + number, reason: 'count' }
      const product = products[number % of]!
      const path = `/inventory/${product}`
      successOf(await seller.call('PUT', path, body, headers(number)), 200)
    }
  const buy = (number: number): Promise<string> =>
    buyer.buy({ [products[number % products.length]!]: 1 })

  const socket = io(`${shop.url}/orders`, { auth: { token: buyer.token }, forceNew: true })
  const confirmed = new Set<string>()
  let confirmation = Promise.withResolvers<void>()
  socket.on('order:status', ({ orderId, status }: { orderId: string; status: string }) => {
    if (status !== 'CONFIRMED') return
    confirmed.add(orderId)
    confirmation.resolve()
    confirmation = Promise.withResolvers()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  /** Places an order, and waits for the push of its confirmation. */
  const order = async (number: number): Promise<void> => {
    const id = await buy(number)
    while (!confirmed.has(id)) await confirmation.promise
  }

  // The first operations of each kind prepare statements and fill caches.
  await many(2 * productCount, 8, count(productCount))
  await many(5, 1, order)
  return { seller, buyer, products, count, buy, order, close: () => void socket.disconnect() }
}
