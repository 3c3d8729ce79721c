import { recorded, newId } from '../../src/kernel/testing.ts'
import type { RecordedEvent } from '../../src/kernel/message.ts'
import { ConversationId } from '../../src/domains/chat/language.ts'
import {
  GigId,
  OrderId,
  PaymentId,
  PostId,
  ProductId,
  RefundId,
  UserId,
} from '../../src/domains/shared/index.ts'

/** An order of the seeded week, as the test counts it. */
export type WeekOrder = {
  readonly placedAt: number
  readonly paidAt: number | undefined
  readonly currency: string
  readonly amount: number
  readonly productId: string
  readonly quantity: number
  readonly delivery: number
  readonly status: string
}

/** An order of a gig: its money is held, then taken or given back. */
export type WeekGigOrder = {
  readonly placedAt: number
  readonly heldAt: number | undefined
  readonly takenAt: number | undefined
  readonly currency: string
  readonly amount: number
  readonly gigId: string
  readonly status: string
}

/** What happened at a moment, in words of the test. */
export type WeekFact = { readonly at: number; readonly what: string; readonly amount?: number }

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
  const facts: WeekFact[] = []
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
    let status = isPaid ? 'PAID' : n % 10 === 0 ? 'CANCELLED' : 'REJECTED'
    if (isPaid) add(paidAt, stream, 'OrderPaid', { paymentId: newId(PaymentId) }, 1)
    else {
      const data =
        status === 'CANCELLED' ? { reason: 'no_longer_wanted', by: 'test' } : { reason: 'no_stock' }
      add(paidAt, stream, status === 'CANCELLED' ? 'OrderCancelled' : 'OrderRejected', data, 1)
      facts.push({ at: paidAt, what: `${status} product` })
    }
    if (isPaid && n % 7 === 1) {
      const at = paidAt + 1 + (n % 50) * 60 * 60_000
      status = 'REFUNDED'
      add(
        at,
        stream,
        'OrderRefunded',
        {
          refundId: newId(RefundId),
          userId: people[person],
          lines: [],
          amount: { amount, currency },
          refunded: { amount, currency },
          restock: [],
          status,
        },
        2,
      )
      facts.push({ at, what: `refund product ${currency}`, amount })
    }
    acts.push({ at: placedAt, person })
    orders.push({
      placedAt,
      paidAt: isPaid ? paidAt : undefined,
      currency,
      amount,
      productId: products[product]!,
      quantity,
      delivery,
      status,
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
  const gigs = Array.from({ length: 4 }, (_, n) => ({ id: newId(GigId), seller: n }))
  const gigOrders: WeekGigOrder[] = []
  for (let n = 0; n < 60; n += 1) {
    const placedAt = from + upTo(week)
    const { id: gigId, seller } = gigs[upTo(4)]!
    const person = 4 + upTo(people.length - 4)
    const [currency, amount] = [currencies[upTo(3)]!, 1 + upTo(99_999)]
    const [waits, works] = [1 + upTo(60 * 60_000), 1 + upTo(40 * 60 * 60_000)]
    const [heldAt, doneAt] = [placedAt + waits, placedAt + waits + works]
    const price = { amount, currency }
    const sale = { userId: people[person], sellerId: people[seller], gigId, price }
    const heldSince = new Date(heldAt).toISOString()
    const stream = `gigOrder-${newId(OrderId)}`
    const put = (at: number, revision: number, type: string, data: object) =>
      add(at, stream, type, { ...sale, ...data }, revision)
    put(placedAt, 0, 'GigOrderPlaced', { deliveryDays: 3, revisions: 1, paymentToken: 'tok_ok' })
    acts.push({ at: placedAt, person })
    // A quarter each: never held, held to the end of the week, taken, and held and given back.
    const fate = (['unheld', 'held', 'taken', 'released'] as const)[n % 4]!
    const cancelled = { reason: 'agreed', by: 'test' }
    let status = {
      unheld: 'CANCELLED',
      held: 'IN_PROGRESS',
      taken: 'COMPLETED',
      released: 'CANCELLED',
    }[fate]
    if (fate === 'unheld') put(heldAt, 1, 'GigOrderCancelled', cancelled)
    else
      put(heldAt, 1, 'GigOrderStarted', {
        paymentId: newId(PaymentId),
        startedAt: heldSince,
        dueAt: new Date(heldAt + week).toISOString(),
      })
    if (fate === 'released') put(doneAt, 2, 'GigOrderCancelled', { ...cancelled, heldSince })
    if (fate === 'taken') {
      const data = { sellerId: people[seller], delivery: 1, message: 'Done', mediaIds: [] }
      add(doneAt - 1, stream, 'GigOrderDelivered', data, 2)
      acts.push({ at: doneAt - 1, person: seller })
      put(doneAt, 3, 'GigOrderCompleted', { heldSince })
    }
    if (fate === 'taken' && n % 8 === 2) {
      const at = doneAt + 60 * 60_000
      status = 'REFUNDED'
      put(at, 4, 'GigOrderRefunded', {
        refundId: newId(RefundId),
        amount: price,
        refunded: price,
        status,
      })
      facts.push({ at, what: `refund gig ${currency}`, amount })
    }
    if (status === 'CANCELLED')
      facts.push({ at: fate === 'unheld' ? heldAt : doneAt, what: 'CANCELLED gig' })
    gigOrders.push({
      placedAt,
      heldAt: fate === 'unheld' ? undefined : heldAt,
      takenAt: fate === 'taken' ? doneAt : undefined,
      currency,
      amount,
      gigId,
      status,
    })
  }

  /** First answers of sellers to buyers. */
  const answers: { at: number; seconds: number }[] = []
  for (let n = 0; n < 30; n += 1) {
    const { id: gigId, seller } = gigs[n % 4]!
    const buyer = 4 + upTo(people.length - 4)
    // Every third one is begun by the seller, and every fifth one is not answered.
    const [first, second] = n % 3 === 0 ? [seller, buyer] : [buyer, seller]
    const [at, seconds] = [from + upTo(week), 1 + upTo(20_000)]
    const conversationId = newId(ConversationId)
    add(at, `conversation-${conversationId}`, 'ConversationStarted', {
      startedBy: people[first],
      participants: [people[first], people[second]],
      gigId,
      sellerId: people[seller],
    })
    const say = (when: number, by: number, to: number) => {
      add(when, `message-${newId(GigId)}`, 'MessageSent', {
        conversationId,
        senderId: people[by],
        recipientId: people[to],
        text: 'Hello',
        sentAt: new Date(when).toISOString(),
      })
      acts.push({ at: when, person: by })
      facts.push({ at: when, what: 'message' })
    }
    say(at + 1, first, second)
    if (n % 5 === 0) continue
    say(at + 1 + seconds * 1_000, second, first)
    if (second === seller) answers.push({ at: at + 1 + seconds * 1_000, seconds })
  }

  for (let n = 0; n < 25; n += 1) {
    const [author, fan] = [upTo(people.length), upTo(people.length)]
    const [at, postId] = [from + upTo(week), newId(PostId)]
    const createdAt = new Date(at).toISOString()
    const post = { userId: people[author], content: 'Hello', mediaIds: [], tags: [], mentions: [] }
    add(at, `post-${postId}`, 'PostCreated', { ...post, createdAt })
    acts.push({ at, person: author })
    facts.push({ at, what: 'post' })
    const pair = { postId, userId: people[fan] }
    // Every third like is taken back.
    for (const [index, what] of (n % 3 === 0 ? ['like', 'unlike'] : ['like']).entries()) {
      const when = at + 60_000 * (index + 1)
      const type = what === 'like' ? 'PostLiked' : 'PostUnliked'
      add(when, `like-${postId}`, type, pair, index)
      facts.push({ at: when, what })
      if (what === 'like') acts.push({ at: when, person: fan })
    }
  }
  const history = events
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, event }) => event(new Date(at).toISOString()))
  return { history, orders, gigOrders, answers, facts, acts, activities, people }
}
