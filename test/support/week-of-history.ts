import { recorded, newId } from '../../src/kernel/testing.ts'
import type { RecordedEvent } from '../../src/kernel/message.ts'
import { GigId, OrderId, PaymentId, ProductId, UserId } from '../../src/domains/shared/index.ts'

/** An order of the seeded week, as the test counts it. */
export type WeekOrder = {
  readonly placedAt: number
  readonly paidAt: number | undefined
  readonly currency: string
  readonly amount: number
  readonly productId: string
  readonly quantity: number
  readonly delivery: number
}

/** Deterministic numbers from 0 up to 1 (Park and Miller, 1988). */
const numbers = (seed: number) => {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/**
 * A week of seeded history, in three currencies: what happened as plain facts, and as recorded events in the order of their
 * times.
 * @param from its beginning, in ms
 */
export const weekOfHistory = (from: number) => {
  const next = numbers(20_300_331)
  const upTo = (most: number) => Math.floor(next() * most)
  const week = 7 * 24 * 60 * 60_000
  const products = Array.from({ length: 5 }, () => newId(ProductId))
  const people = Array.from({ length: 12 }, () => newId(UserId))
  const currencies = ['EUR', 'JPY', 'KWD']
  const events: { at: number; event: (at: string) => RecordedEvent }[] = []
  const acts: { at: number; person: number }[] = []
  const add = (at: number, stream: string, type: string, data: object, revision = 0) =>
    events.push({
      at,
      event: (time) => recorded(stream, { type, data }, { at: time, revision }),
    })

  for (const [index, userId] of people.entries()) {
    // Half of them have registered a month before.
    const at = index % 2 === 0 ? from - 30 * 24 * 60 * 60_000 : from + upTo(week)
    const data = { userId, email: 'a@example.org', username: `a${index}`, roles: ['buyer'] }
    add(at, `account-${userId}`, 'UserRegistered', data)
    acts.push({ at, person: index })
  }
  const orders: WeekOrder[] = []
  for (let n = 0; n < 150; n += 1) {
    const placedAt = from + upTo(week)
    const person = upTo(people.length)
    const currency = currencies[upTo(3)]!
    const [product, quantity, price, delivery] = [upTo(5), 1 + upTo(4), 1 + upTo(99_999), upTo(700)]
    const amount = quantity * price + delivery
    const took = 1 + upTo(3 * 60 * 60_000)
    const isPaid = n % 5 !== 0
    const paidAt = placedAt + took
    const id = newId(OrderId)
    const stream = `order-${id}`
    add(placedAt, stream, 'OrderPlaced', {
      userId: people[person],
      items: [
        {
          kind: 'product',
          refId: products[product],
          quantity,
          name: 'Lamp',
          price: { amount: price, currency },
        },
      ],
      ...(delivery > 0 && {
        shipping: { carrier: 'post', method: 'standard', cost: { amount: delivery, currency } },
      }),
      total: { amount, currency },
      paymentToken: 'tok_ok',
    })
    if (isPaid) add(paidAt, stream, 'OrderPaid', { paymentId: newId(PaymentId) }, 1)
    else add(paidAt, stream, 'OrderRejected', { reason: 'out_of_stock' }, 1)
    acts.push({ at: placedAt, person })
    orders.push({
      placedAt,
      paidAt: isPaid ? paidAt : undefined,
      currency,
      amount,
      productId: products[product]!,
      quantity,
      delivery,
    })
  }
  const activities: { at: number; eventType: string; results?: number }[] = []
  for (let n = 0; n < 60; n += 1) {
    const person = upTo(people.length)
    const at = from + upTo(week)
    const items = Array.from({ length: 1 + upTo(5) }, () => {
      const eventType = ['product_view', 'add_to_cart', 'search', 'idle'][upTo(4)]!
      const before = at - upTo(60 * 60_000)
      acts.push({ at: before, person })
      const results = eventType === 'search' ? { results: upTo(2) } : {}
      activities.push({ at: before, eventType, ...results })
      return { eventType, timestamp: new Date(before).toISOString(), ...results }
    })
    add(at, `activity-${newId(GigId)}`, 'ActivityTracked', { userId: people[person], items })
  }
  const history = events
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, event }) => event(new Date(at).toISOString()))
  return { history, orders, acts, activities, people }
}
