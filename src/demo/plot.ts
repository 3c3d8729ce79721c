import { setTimeout as pause } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { LogPage, type MaskedEvent } from '../edges/cli/answers.ts'
import type { Client } from '../edges/cli/client.ts'
import { Failed } from '../edges/cli/failure.ts'
import type { ReceivedMessage, Shop, Ware } from './shop.ts'

/** Scenario of one order, with its expected outcome. */
export type Plot = {
  readonly title: string
  readonly ware: 'lamp' | 'chair'
  readonly quantity: number
  /** Token of the card. */
  readonly token: string
  /** Expected end. */
  readonly end: { readonly status: string; readonly reason?: string; readonly payment?: string }
  /** Expected events, besides the end of the saga and both notifications. */
  readonly events: readonly string[]
}

/** The three scenarios of the demo. */
export const plots: readonly Plot[] = [
  {
    title: 'A good order',
    ware: 'lamp',
    quantity: 2,
    token: 'tok_ok',
    end: { status: 'CONFIRMED', payment: 'COMPLETED' },
    events: ['StockCommitted', 'PaymentCompleted', 'OrderConfirmed'],
  },
  {
    title: 'Sold out',
    ware: 'chair',
    quantity: 1,
    token: 'tok_ok',
    end: { status: 'REJECTED', reason: 'out_of_stock' },
    events: ['PaymentVoided', 'OrderRejected'],
  },
  {
    title: 'The card is declined',
    ware: 'lamp',
    quantity: 1,
    token: 'tok_declined',
    end: { status: 'REJECTED', reason: 'payment_declined', payment: 'FAILED' },
    events: [
      'StockReserved',
      'PaymentFailed',
      'StockReservationReleased',
      'PaymentVoided',
      'OrderRejected',
    ],
  },
]

/** Outcome of a scenario. */
export type Story = {
  readonly plot: Plot
  readonly ware: Ware
  /** Times in ms since 1970, by the clock of this process. */
  readonly sentAt: number
  readonly answeredAt: number
  readonly answer: string
  /** Events with the correlation id of the order, in log order. */
  readonly events: readonly MaskedEvent[]
  readonly received: readonly ReceivedMessage[]
  readonly order: Order
  readonly notified: Static<typeof Notifications>['notifications']
  readonly before: Stock
  readonly after: Stock
}

const Order = Type.Object({
  id: Type.String(),
  status: Type.String(),
  reason: Type.Optional(Type.String()),
  payment: Type.Optional(Type.Object({ status: Type.String() })),
})
type Order = Static<typeof Order>

const Notifications = Type.Object({
  notifications: Type.Array(
    Type.Object({
      orderId: Type.Optional(Type.String()),
      channel: Type.String(),
      subject: Type.String(),
      status: Type.String(),
    }),
  ),
})

const Stock = Type.Object({ quantity: Type.Integer(), reserved: Type.Integer() })
type Stock = Static<typeof Stock>

const Correlated = Type.Object({ correlationId: Type.String() })

const correlationOf = ({ metadata }: MaskedEvent): string | undefined =>
  Check(Correlated, metadata) ? metadata.correlationId : undefined

/** Maximum time for an order to end, in ms. */
const timeoutMs = 30_000
/** Maximum time for its consequences after that, such as mails and released stock, in ms. */
const settleMs = 5_000
/** First and greatest poll interval, in ms. */
const pollMs = { first: 5, max: 250 }

/** Polls until `look` returns a value. @throws Failed after the timeout */
export const until = async <T>(
  what: string,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs
  for (let wait = pollMs.first; ; wait = Math.min(wait * 1.5, pollMs.max)) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline)
      throw new Failed(`${what} did not happen within ${timeoutMs / 1_000} s.`)
    await pause(wait, undefined, { signal })
  }
}

const isOver = ({ events: expected }: Plot, events: readonly MaskedEvent[]): boolean => {
  const types = events.map(({ type }) => type)
  const notified = types.filter((type) => type === 'NotificationSent').length
  return notified === 2 && [...expected, 'OrderSagaCompleted'].every((type) => types.includes(type))
}

/** Returns a reader of the events that one order has caused so far. */
const eventsOf = (admin: Client, orderId: string, head: string) => {
  let cursor = head
  let correlationId: string | undefined
  const ours: MaskedEvent[] = []
  return async (): Promise<readonly MaskedEvent[]> => {
    for (;;) {
      const path = `/analytics/events?cursor=${cursor}&limit=1000`
      const page = await admin.call(LogPage, 'GET', path)
      cursor = page.nextCursor
      const first = page.events.find(({ stream }) => stream === `order-${orderId}`)
      correlationId ??= first && correlationOf(first)
      ours.push(...page.events.filter((event) => correlationOf(event) === correlationId))
      if (page.caughtUp) return ours
    }
  }
}

/**
 * Places an order and follows it to its end over HTTP and sockets.
 * @param signal aborts it
 */
export const play = async (
  plot: Plot,
  admin: Client,
  shop: Shop,
  signal: AbortSignal,
): Promise<Story> => {
  const { buyer, buyerId } = shop
  const ware = shop[plot.ware]
  const [{ head }, before] = await Promise.all([
    admin.call(LogPage, 'GET', '/analytics/events?limit=1'),
    buyer.call(Stock, 'GET', `/inventory/${ware.id}`),
  ])

  const sentAt = Date.now()
  const { id, status: answer } = await buyer.call(Order, 'POST', '/orders', {
    items: [{ kind: 'product', refId: ware.id, quantity: plot.quantity }],
    paymentMethod: { token: plot.token },
  })
  const answeredAt = Date.now()

  // The sockets push the progress, so the order is not polled.
  const received = await until(`The end of the order (${plot.title})`, signal, async () => {
    const ours = shop.received.filter(({ orderId }) => orderId === id)
    const has = (what: ReceivedMessage['what'], text?: string) =>
      ours.some((each) => each.what === what && (text === undefined || each.text === text))
    const all = has('order:saga-step', 'OrderSagaCompleted') && has('notification:new')
    return all ? ours : undefined
  })
  const deadline = performance.now() + settleMs
  const read = eventsOf(admin, id, head)
  const events = await until(`All events of the order (${plot.title})`, signal, async () => {
    const all = await read()
    // An unexpected outcome is returned as well.
    return isOver(plot, all) || performance.now() > deadline ? all : undefined
  })
  const last = events.at(-1)?.position ?? head
  const [order, { notifications }, after] = await Promise.all([
    buyer.call(Order, 'GET', `/orders/${id}?minPosition=${last}`),
    buyer.call(Notifications, 'GET', `/notifications/user/${buyerId}?minPosition=${last}`),
    buyer.call(Stock, 'GET', `/inventory/${ware.id}?minPosition=${last}`),
  ])
  const notified = notifications
    .filter(({ orderId }) => orderId === id)
    .toSorted((a, b) => (a.channel < b.channel ? -1 : 1))
  return {
    plot,
    ware,
    sentAt,
    answeredAt,
    answer,
    events,
    received,
    order,
    notified,
    before,
    after,
  }
}

/** Describes what differs from the expected outcome; undefined when nothing does. */
export const complaintOf = ({
  plot,
  order,
  notified,
  after,
  before,
}: Story): string | undefined => {
  const { status, reason, payment } = plot.end
  const { quantity } = plot
  const sold = status === 'CONFIRMED' ? quantity : 0
  if (order.status !== status) return `it should be ${status}`
  if (order.reason !== reason) return `the reason should be ${reason}`
  if (order.payment?.status !== payment) return `the payment should be ${payment ?? 'none'}`
  if (notified.length !== 2 || notified.some((each) => each.status !== 'SENT'))
    return 'the buyer should be notified in the app and by e-mail'
  if (after.reserved !== before.reserved || after.quantity !== before.quantity - sold)
    return `there should be ${before.quantity - sold} pieces, ${before.reserved} of them reserved`
  return undefined
}
