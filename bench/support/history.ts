import { randomUUID } from 'node:crypto'
import { asId, sagaEventTypes, type Message, type SagaMoved } from '#kernel'
import { notificationIdOf } from '../../src/domains/notifications/language.ts'
import { paymentIdOf } from '../../src/domains/payments/language.ts'
import { OrderId, ProductId, UserId } from '../../src/domains/shared/index.ts'
import type { EventLog, NewEvent } from '../../src/platform/storage/event-log/port.ts'

/** Events of one append. */
type Step = { readonly stream: string; readonly events: readonly Message[] }

/** Number of interleaved orders. */
const interleaved = 200

const price = { amount: 1_999, currency: 'EUR' }
const stepTypes = sagaEventTypes({ subject: 'Order' })

/** A saga's move of realistic size. */
const moved = (type: string, input: string, facts: object, sends: readonly string[]): Message => {
  const data: SagaMoved = {
    input: { kind: 'event', type: input, id: randomUUID() },
    state: facts,
    steps: sends.map((command) => ({
      id: randomUUID(),
      to: 'order',
      target: randomUUID(),
      type: command,
      data: facts,
      wait: 0,
    })),
    ended: type === stepTypes.completed,
  }
  return { type, data }
}

/** Returns all appends of a successful order. @param whole whether saga moves, stock and notifications are included */
const lifeOf = (productId: ProductId, userId: UserId, whole: boolean): readonly Step[] => {
  const orderId = asId(OrderId, randomUUID())
  const [orders, payments] = [`order-${orderId}`, `payment-${paymentIdOf(orderId)}`]
  const [stocks, saga] = [`inventory-${productId}`, `fulfilment-${orderId}`]
  const one = (stream: string, type: string, data: object): Step => ({
    stream,
    events: [{ type, data }],
  })
  const move = (type: string, input: string, sends: readonly string[]): Step => {
    const facts = { phase: 'paying', orderId, userId, summary: '1 × Lamp, 19.99 EUR', held: [] }
    return { stream: saga, events: [moved(type, input, facts, sends)] }
  }
  const notified = (channel: 'in_app' | 'email'): Step => ({
    stream: `notification-${notificationIdOf(orderId, 'order_confirmed', channel)}`,
    events: [
      {
        type: 'NotificationRequested',
        data: {
          userId,
          channel,
          type: 'order_confirmed',
          subject: 'Your order is confirmed',
          text: 'We have your money, and you will have your lamp: 1 × Lamp, 19.99 EUR.',
          orderId,
        },
      },
      { type: 'NotificationSent', data: {} },
    ],
  })
  const token = 'tok_ok'
  const items = [{ kind: 'product', refId: productId, name: 'Lamp', quantity: 1, price }]
  const address = { line1: '1 Main Street', city: 'London', postalCode: 'N1 9GU', country: 'GB' }

  const sale = [
    one(orders, 'OrderPlaced', {
      userId,
      items,
      shippingAddress: address,
      paymentToken: token,
      total: price,
    }),
    one(orders, 'OrderStockConfirmed', {}),
    one(payments, 'PaymentInitiated', { orderId, userId, amount: price, token, attempt: 1 }),
    one(payments, 'PaymentCompleted', { orderId, provider: 'simulator', providerRef: orderId }),
    one(orders, 'OrderPaid', { paymentId: paymentIdOf(orderId) }),
    one(orders, 'OrderConfirmed', {}),
  ] as const
  if (!whole) return sale
  const [placed, reserved, initiated, completed, paid, confirmed] = sale
  return [
    placed,
    move(stepTypes.started, 'OrderPlaced', ['ReserveStock', 'CancelOrder']),
    one(stocks, 'StockReserved', { orderId, quantity: 1 }),
    move(stepTypes.stepCompleted, 'StockReserved', ['ConfirmStock', 'RequestPayment']),
    reserved,
    initiated,
    completed,
    move(stepTypes.stepCompleted, 'PaymentCompleted', ['MarkPaid']),
    paid,
    move(stepTypes.stepCompleted, 'OrderPaid', ['CommitStock']),
    one(stocks, 'StockCommitted', { orderId, quantity: 1 }),
    move(stepTypes.stepCompleted, 'StockCommitted', ['ConfirmOrder']),
    confirmed,
    move(stepTypes.completed, 'OrderConfirmed', ['RequestNotification', 'RequestNotification']),
    notified('in_app'),
    notified('email'),
  ]
}

/**
 * Writes a history of a shop into an empty log: products and their stock, then interleaved successful orders.
 * @param of `whole`: all events; `sales`: the events of orders and payments only, all of which one read model reads
 * @param count stops after the batch of orders that reaches this number of events
 */
export const writeHistory = async (
  log: EventLog,
  of: 'whole' | 'sales',
  count: number,
): Promise<void> => {
  const revisions = new Map<string, number>()
  const append = async ({ stream, events }: Step): Promise<void> => {
    const revision = revisions.get(stream) ?? -1
    revisions.set(stream, revision + events.length)
    const commandId = randomUUID()
    const metadata = {
      correlationId: randomUUID(),
      causationId: commandId,
      commandId,
      actorId: 'bench',
      schemaVersion: 1,
    }
    const recorded = events.map(({ type, data }): NewEvent => ({
      eventId: randomUUID(),
      type,
      data,
      metadata,
    }))
    await log.append(stream, revision < 0 ? 'none' : revision, recorded)
  }

  const users = Array.from({ length: 1_000 }, () => asId(UserId, randomUUID()))
  const products = Array.from({ length: Math.min(2_000, count / 20) }, () =>
    asId(ProductId, randomUUID()),
  )
  if (of === 'whole')
    await Promise.all(
      products.flatMap((id) => [
        append({
          stream: `product-${id}`,
          events: [{ type: 'ProductCreated', data: { name: 'Lamp', category: 'lamps', price } }],
        }),
        append({
          stream: `inventory-${id}`,
          events: [
            { type: 'StockInitialized', data: { quantity: 0 } },
            {
              type: 'StockAdjusted',
              data: { quantity: 1_000_000, delta: 1_000_000, reason: 'delivery' },
            },
          ],
        }),
      ]),
    )

  for (let first = 0; (await log.head()) < count; first += interleaved) {
    const lives = Array.from({ length: interleaved }, (_, nth) =>
      lifeOf(
        products[(first + nth) % products.length]!,
        users[(first + nth) % users.length]!,
        of === 'whole',
      ),
    )
    for (let step = 0; step < lives[0]!.length; step += 1)
      await Promise.all(lives.map((life) => append(life[step]!)))
  }
}
