import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type StateOf } from '#kernel'
import { given } from '#kernel/testing'
import { PaymentId, ProductId, RefundId, ReturnId, ShipmentId, UserId } from '../shared/index.ts'
import { order } from './order.ts'
import { answerTo, ends, mayAsk, OrderStatus, type Move, type Stage } from './transitions.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const line = {
  kind: 'product' as const,
  refId: derivedId(ProductId, 'lamp'),
  name: 'Lamp',
  quantity: 2,
  price: euros(1999),
}
const basket = {
  userId: derivedId(UserId, 'ada'),
  items: [line, { ...line, refId: derivedId(ProductId, 'chair'), quantity: 1, price: euros(5000) }],
  paymentToken: 'tok_ok',
}
const paymentId = derivedId(PaymentId, 'payment')
const place = { type: 'PlaceOrder' as const, data: basket }
const placed = { type: 'OrderPlaced' as const, data: { ...basket, total: euros(8998) } }
const cancel = { type: 'CancelOrder' as const, data: { reason: 'Changed my mind' } }
const cancelled = {
  type: 'OrderCancelled' as const,
  data: { reason: 'Changed my mind', by: 'tester' },
}
const paid = { type: 'OrderPaid' as const, data: { paymentId } }
const confirmed = { type: 'OrderConfirmed' as const, data: {} }

const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
const addressed = { ...placed, data: { ...placed.data, shippingAddress } }
const forgotten = { type: 'OrderAddressForgotten' as const, data: {} }
const letGo = { type: 'LetBuyerGo' as const, data: {} }
const left = { type: 'OrderBuyerLeft' as const, data: {} }

describe('an order with an agreed total', () => {
  const agreed = (total: { amount: number; currency: string }) => ({
    ...place,
    data: { ...basket, agreedTotal: total },
  })

  test('is placed at this total only', () => {
    given(order)
      .when(agreed(euros(8998)))
      .yields(placed)
    given(order)
      .when(agreed(euros(8997)))
      .refuses('PriceChanged')
    given(order)
      .when(agreed({ amount: 8998, currency: 'USD' }))
      .refuses('PriceChanged')
  })

  test('is not refused once it is placed', () =>
    given(order, placed)
      .when(agreed(euros(1)))
      .yields())
})

describe('an order with a chosen delivery', () => {
  const shipping = { carrier: 'post', method: 'standard', cost: euros(490) }

  test('has its cost in the total', () => {
    given(order)
      .when({ ...place, data: { ...basket, shipping } })
      .yields({ ...placed, data: { ...basket, shipping, total: euros(8998 + 490) } })
    given(order, placed)
      .when({ ...place, data: { ...basket, shipping } })
      .yields()
  })

  test('is paid in one currency, and at most what can be charged', () => {
    const dollars = { ...shipping, cost: { amount: 490, currency: 'USD' } }
    given(order)
      .when({ ...place, data: { ...basket, shipping: dollars } })
      .refuses('MixedCurrencies')
    const dear = { ...shipping, cost: euros(999_999_999_999) }
    given(order)
      .when({ ...place, data: { ...basket, shipping: dear } })
      .refuses('TotalTooLarge')
  })
})

test('an order is shipped and delivered with the shipment that is named', () => {
  const data = { shipmentId: derivedId(ShipmentId, 'shipment') }
  given(order, placed, paid, confirmed)
    .when({ type: 'ShipOrder', data })
    .yields({ type: 'OrderShipped', data })
  given(order, placed, paid, confirmed, { type: 'OrderShipped', data })
    .when({ type: 'DeliverOrder', data })
    .yields({ type: 'OrderDelivered', data })
})

describe('an order whose buyer has left', () => {
  const off = {
    type: 'OrderCancelled' as const,
    data: { reason: 'buyer_left', by: 'tester' },
  }
  const ship = { type: 'ShipOrder' as const, data: {} }
  const shipped = { type: 'OrderShipped' as const, data: {} }

  test('is cancelled while it is not paid', () => {
    given(order, placed).when(letGo).yields(left, off)
    given(order, addressed).when(letGo).yields(left, off, forgotten)
    given(order, addressed, { type: 'OrderStockConfirmed', data: {} })
      .when(letGo)
      .yields(left, off, forgotten)
    given(order, addressed, left, off, forgotten).when(letGo).yields()
    given(order).when(letGo).refuses('NoSuchOrder')
  })

  test('has its address until it is shipped, if it is paid', () => {
    given(order, addressed, paid).when(letGo).yields(left)
    given(order, addressed, paid, confirmed).when(letGo).yields(left)
    given(order, addressed, paid, confirmed, left).when(letGo).yields()
    const gone = { ...forgotten, data: { waited: true as const } }
    given(order, addressed, paid, left, confirmed).when(ship).yields(shipped, gone)
    given(order, addressed, paid, left, confirmed, shipped, gone).when(ship).yields()
    given(order, addressed, paid, left, confirmed, shipped).when(ship).yields()
    given(order, addressed, paid, left, confirmed, forgotten).when(ship).yields(shipped)
    given(order, placed, paid, confirmed, left).when(ship).yields(shipped)
    given(order, addressed, paid, confirmed).when(ship).yields(shipped)
    given(order, addressed, paid, left).when(ship).refuses('NotConfirmed')
  })

  test('loses its address at once, when it has ended', () => {
    // Notifications may still follow, for example about a return.
    given(order, addressed, paid, confirmed, shipped).when(letGo).yields(left, forgotten)
    given(order, addressed, cancelled).when(letGo).yields(forgotten)
    given(order, placed, cancelled).when(letGo).yields()
    given(order, placed, paid, confirmed, shipped).when(letGo).yields(left)
    given(order, placed, paid, confirmed, shipped, left).when(letGo).yields()
  })
})

describe('an order', () => {
  test('is placed for the total of its lines', () => given(order).when(place).yields(placed))

  test('erases its address once, in every status', () => {
    const forget = { type: 'ForgetAddress' as const, data: {} }
    given(order, addressed).when(forget).yields(forgotten)
    given(order, addressed, paid).when(forget).yields(forgotten)
    given(order, addressed, forgotten).when(forget).yields()
    given(order, addressed, forgotten, paid).when(forget).yields()
    given(order, placed).when(forget).yields()
    given(order).when(forget).refuses('NoSuchOrder')
  })

  test('has the words of a cancellation until they are erased', () => {
    const said = { ...cancelled.data, words: 'I moved to Bath' }
    const { userId } = basket
    const wordy = { ...cancelled, data: { ...said, userId } }
    given(order, placed)
      .when({ ...cancel, data: { reason: 'Changed my mind', words: 'I moved to Bath' } })
      .yields({ ...wordy, data: { reason: said.reason, words: said.words, userId, by: said.by } })
    const forget = { type: 'ForgetAddress' as const, data: {} }
    given(order, placed, wordy).when(forget).yields(forgotten)
    given(order, placed, wordy).when(letGo).yields(forgotten)
    given(order, placed, wordy, forgotten).when(forget).yields()
  })

  test('is placed once by a repeated command, at the first prices', () => {
    given(order, placed).when(place).yields()
    const dearer = basket.items.map((item) => ({ ...item, price: euros(9999) }))
    given(order, placed)
      .when({ ...place, data: { ...basket, items: dearer } })
      .yields()
  })

  test('is not replaced by being placed again', () => {
    const refused = (data: typeof basket) =>
      given(order, placed)
        .when({ ...place, data })
        .refuses('AlreadyPlaced')
    refused({ ...basket, userId: derivedId(UserId, 'eve') })
    refused({ ...basket, items: [line] })
    refused({ ...basket, items: [...basket.items, line] })
    refused({ ...basket, items: basket.items.map((item) => ({ ...item, quantity: 7 })) })
    refused({ ...basket, items: basket.items.toReversed() })
    const table = { ...line, refId: derivedId(ProductId, 'table') }
    refused({ ...basket, items: [table, ...basket.items.slice(1)] })
  })

  test('is in one currency', () =>
    given(order)
      .when({
        ...place,
        data: { ...basket, items: [line, { ...line, price: { amount: 1, currency: 'USD' } }] },
      })
      .refuses('MixedCurrencies'))

  test('has a total of at most the greatest amount', () => {
    const dear = { ...line, quantity: 1, price: euros(999_999_999_999) }
    given(order)
      .when({ ...place, data: { ...basket, items: [dear, line] } })
      .refuses('TotalTooLarge')
    given(order)
      .when({ ...place, data: { ...basket, items: [dear] } })
      .yields({ ...placed, data: { ...basket, items: [dear], total: dear.price } })
  })

  test('can be cancelled, and has the actor', () =>
    given(order, placed).when(cancel).yields(cancelled))

  test('is cancelled once by a repeated command', () =>
    given(order, placed, cancelled).when(cancel).yields())

  test('cannot be cancelled once it is paid or confirmed', () => {
    given(order, placed, paid).when(cancel).refuses('AlreadyPaid')
    given(order, placed, paid, confirmed).when(cancel).refuses('AlreadyConfirmed')
  })

  test('may be paid before its stock is confirmed', () => {
    given(order, placed).when({ type: 'MarkPaid', data: { paymentId } }).yields(paid)
    given(order, placed, paid).when({ type: 'ConfirmStock', data: {} }).yields()
  })

  test('cannot be paid once it is cancelled', () =>
    given(order, placed, cancelled)
      .when({ type: 'MarkPaid', data: { paymentId } })
      .refuses('AlreadyCancelled'))

  test('is rejected for a reason', () =>
    given(order, placed)
      .when({ type: 'RejectOrder', data: { reason: 'out_of_stock' } })
      .yields({ type: 'OrderRejected', data: { reason: 'out_of_stock' } }))
})

/** Events that lead to each status. */
const paths: Readonly<Record<Stage, readonly (Move | 'refund' | 'return')[]>> = {
  PENDING: [],
  STOCK_RESERVED: ['ConfirmStock'],
  PAID: ['ConfirmStock', 'MarkPaid'],
  CONFIRMED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder'],
  SHIPPED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder', 'ShipOrder'],
  DELIVERED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder', 'ShipOrder', 'DeliverOrder'],
  COMPLETED: ['MarkPaid', 'ConfirmOrder', 'ShipOrder', 'DeliverOrder', 'CompleteOrder'],
  CANCELLED: ['CancelOrder'],
  REJECTED: ['RejectOrder'],
  REFUNDED: ['MarkPaid', 'ConfirmOrder', 'refund'],
  RETURNED: ['MarkPaid', 'ConfirmOrder', 'ShipOrder', 'return'],
}
const stages = OrderStatus.enum.filter((status) => status !== 'PARTLY_REFUNDED')

const commands: Readonly<Record<Move, CommandOf<typeof order>>> = {
  ConfirmStock: { type: 'ConfirmStock', data: {} },
  MarkPaid: { type: 'MarkPaid', data: { paymentId } },
  ConfirmOrder: { type: 'ConfirmOrder', data: {} },
  RejectOrder: { type: 'RejectOrder', data: { reason: 'out_of_stock' } },
  CancelOrder: cancel,
  ShipOrder: { type: 'ShipOrder', data: {} },
  DeliverOrder: { type: 'DeliverOrder', data: {} },
  CompleteOrder: { type: 'CompleteOrder', data: {} },
}
const moves: readonly Move[] = [
  'ConfirmStock',
  'MarkPaid',
  'ConfirmOrder',
  'RejectOrder',
  'CancelOrder',
  'ShipOrder',
  'DeliverOrder',
  'CompleteOrder',
]

const take = (state: StateOf<typeof order>, command: CommandOf<typeof order>) => {
  const decision = order.decide(state, command, { now: '', by: 'tester' })
  return isRefusal(decision)
    ? { refused: decision.refused, state }
    : { events: decision.length, state: decision.reduce(order.evolve, state) }
}

const refundId = derivedId(RefundId, 'refund')
const returnId = derivedId(ReturnId, 'return')
const askRefund = { type: 'RequestRefund' as const, data: { refundId, reason: 'broken' } }
const askReturn = { type: 'RequestReturn' as const, data: { returnId } }
const back: Readonly<Record<'refund' | 'return', readonly CommandOf<typeof order>[]>> = {
  refund: [askRefund, { type: 'MarkRefunded', data: { refundId } }],
  return: [askReturn, { type: 'ReceiveReturn', data: { returnId, restock: true } }],
}

const orderAt = (status: Stage) =>
  paths[status]
    .flatMap((step) => (step === 'refund' || step === 'return' ? back[step] : [commands[step]]))
    .reduce(
      (state, command) => take(state, command).state,
      order.evolve(order.initialState, placed),
    )

describe.each(stages)('at %s', (status) => {
  const at = orderAt(status)

  test('has the status of its events', () => expect(at.status).toBe(status))

  test.each(moves)('%s has the answer of the table', (move) => {
    const answer = answerTo[move][status]
    expect(take(at, commands[move])).toEqual(
      answer === 'go'
        ? { events: 1, state: { ...at, status: ends[move], stage: ends[move] } }
        : answer === 'done'
          ? { events: 0, state: at }
          : { refused: answer, state: at },
    )
  })
})

test.each(stages)(
  'at %s, requests of refunds and returns have the answer of the table',
  (status) => {
    const at = orderAt(status)
    for (const command of [askRefund, askReturn]) {
      const answer = mayAsk[command.type][status]
      const { refused = 'go' } = { refused: undefined, ...take(at, command) }
      expect(refused).toBe(answer)
    }
  },
)

test('an order that was not placed refuses commands', () => {
  for (const move of moves)
    expect(take(order.initialState, commands[move])).toMatchObject({ refused: 'NoSuchOrder' })
})

test('an order can be cancelled before it is paid, and not after', () => {
  const open = stages.filter((status) => answerTo.CancelOrder[status] === 'go')
  expect(open).toEqual(['PENDING', 'STOCK_RESERVED'])
})
