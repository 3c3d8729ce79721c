import type { KeptOrder } from '../kept.ts'
import type { Action, Member, World } from '../world.ts'

const ends = new Set(['CONFIRMED', 'REJECTED', 'CANCELLED'])

const statusOf = async ({ call }: Member, id: string): Promise<string> =>
  (await call('GET', `/orders/${id}`)).body?.data?.status ?? ''

/** Puts a product on sale. @param pieces that are delivered */
export const sell = async (
  { admin, chance, kept, products, word, wrong }: World,
  pieces: number,
): Promise<void> => {
  const price = 100 + chance.below(9_900)
  const made = await admin.call('POST', '/products', {
    name: `Lamp ${word()}`,
    category: 'light',
    price: { amount: price, currency: 'EUR' },
  })
  if (made.status !== 201) return wrong('POST /products', made)
  const { id } = made.body.data
  const reason = 'delivery'
  const stocked = await admin.call('PUT', `/inventory/${id}`, { quantity: pieces, reason })
  if (stocked.status !== 200) return wrong('PUT /inventory', stocked)
  kept.delivered.set(id, pieces)
  products.push({ id, price })
}

/** Orders. @returns the order, if it was taken */
export const place = async (
  { chance, kept, products, wrong }: World,
  me: Member,
  card: string,
): Promise<KeptOrder | undefined> => {
  const product = chance.oneOf(products.slice(-8))
  if (!product) return undefined
  const pieces = 1 + chance.below(3)
  const answer = await me.call('POST', '/orders', {
    items: [{ kind: 'product', refId: product.id, quantity: pieces }],
    paymentMethod: { token: card },
  })
  if (answer.status !== 202) {
    wrong('POST /orders', answer)
    return undefined
  }
  const order: KeptOrder = {
    id: answer.body.data.id,
    buyer: me.id,
    kind: 'product',
    refId: product.id,
    pieces,
    price: product.price,
    isCancelled: false,
    refundedPieces: 0,
    restockedPieces: 0,
    refundedAmount: 0,
  }
  kept.orders.set(order.id, order)
  return order
}

/** Waits until an order has ended. */
export const settled = ({ until }: World, me: Member, { id }: KeptOrder): Promise<string> =>
  until(
    () => statusOf(me, id),
    (status) => ends.has(status),
  )

/** Buys something with one of the cards. */
const buy: Action = async (world, me) => {
  const cards = [
    'tok_ok',
    'tok_ok',
    'tok_ok',
    'tok_ok',
    'tok_slow',
    'tok_declined',
    'tok_unavailable',
  ]
  await place(world, me, world.chance.oneOf(cards) ?? 'tok_ok')
}

/** Orders and calls it off; the order may be faster. */
const cancel: Action = async (world, me) => {
  const order = await place(world, me, 'tok_slow')
  if (!order) return
  const answer = await me.call('POST', `/orders/${order.id}/cancel`, { reason: 'too dear' })
  if (answer.status === 200) order.isCancelled = true
  else if (answer.status !== 409) world.wrong('POST /orders/:id/cancel', answer)
}

/** An order of which pieces, or all, are refunded before they are shipped. */
const refund: Action = async (world, me) => {
  const order = await place(world, me, 'tok_ok')
  if (!order || (await settled(world, me, order)) !== 'CONFIRMED') return
  const isWhole = order.pieces === 1 || world.chance.happens(0.4)
  const items = isWhole ? undefined : [{ refId: order.refId, quantity: 1 }]
  const body = { ...(items && { items }), reason: 'scratched' }
  const answer = await world.admin.call('POST', `/orders/${order.id}/refund`, body)
  if (answer.status !== 202) return world.wrong('POST /orders/:id/refund', answer)
  order.refundedPieces = isWhole ? order.pieces : 1
  order.restockedPieces = order.refundedPieces
  order.ends = isWhole ? 'REFUNDED' : 'PARTLY_REFUNDED'
}

/** An order that is shipped and comes back. */
const sendBack: Action = async (world, me) => {
  const order = await place(world, me, 'tok_ok')
  if (!order || (await settled(world, me, order)) !== 'CONFIRMED') return
  const { admin, wrong } = world
  const shipped = await admin.call('PUT', `/orders/${order.id}`, { status: 'SHIPPED' })
  // Sent again after a lost answer, it is shipped already.
  if (shipped.status !== 200 && !(shipped.status === 409 && shipped.tries > 1))
    return wrong('PUT /orders/:id', shipped)
  const asked = await me.call('POST', `/orders/${order.id}/returns`, { reason: 'too bright' })
  if (asked.status !== 201) return wrong('POST /orders/:id/returns', asked)
  const path = `/orders/${order.id}/returns/${asked.body.data.id}`
  const accepted = await admin.call('POST', `${path}/accept`)
  if (accepted.status !== 200) return wrong('POST returns/accept', accepted)
  const restock = world.chance.happens(0.5)
  const received = await admin.call('POST', `${path}/receive`, { restock })
  if (received.status !== 200) return wrong('POST returns/receive', received)
  order.refundedPieces = order.pieces
  order.restockedPieces = restock ? order.pieces : 0
  order.ends = 'RETURNED'
}

/** A new product, as others are sold out. */
const restock: Action = (world) => sell(world, world.chance.happens(0.3) ? 3 : 60)

export const shopping: readonly (readonly [weight: number, action: Action])[] = [
  [14, buy],
  [3, cancel],
  [3, refund],
  [2, sendBack],
  [2, restock],
]
