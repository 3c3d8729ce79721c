import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type StateOf } from '#kernel'
import { given } from '#kernel/testing'
import { PaymentId, ProductId, UserId } from '../shared/index.ts'
import { order } from './order.ts'
import { answerTo, ends, OrderStatus, type Move } from './transitions.ts'

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

describe('an order', () => {
  test('is placed for the total of its lines', () => given(order).when(place).yields(placed))

  test('forgets where it goes, once, wherever it stands', () => {
    const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
    const addressed = { ...placed, data: { ...placed.data, shippingAddress } }
    const forget = { type: 'ForgetAddress' as const, data: {} }
    const forgotten = { type: 'OrderAddressForgotten' as const, data: {} }
    given(order, addressed).when(forget).yields(forgotten)
    given(order, addressed, paid).when(forget).yields(forgotten)
    given(order, addressed, forgotten).when(forget).yields()
    given(order, addressed, forgotten, paid).when(forget).yields()
    given(order, placed).when(forget).yields()
    given(order).when(forget).refuses('NoSuchOrder')
  })

  test('is placed once, though asked twice, at the prices of the first time', () => {
    given(order, placed).when(place).yields()
    const dearer = basket.items.map((item) => ({ ...item, price: euros(9999) }))
    given(order, placed)
      .when({ ...place, data: { ...basket, items: dearer } })
      .yields()
  })

  test('does not become another order by being placed again', () => {
    const refused = (data: typeof basket) =>
      given(order, placed)
        .when({ ...place, data })
        .refuses('AlreadyPlaced')
    refused({ ...basket, userId: derivedId(UserId, 'eve') })
    refused({ ...basket, items: [line] })
    refused({ ...basket, items: [...basket.items, line] })
    refused({ ...basket, items: basket.items.map((item) => ({ ...item, quantity: 7 })) })
    refused({ ...basket, items: basket.items.toReversed() })
  })

  test('is in one currency', () =>
    given(order)
      .when({
        ...place,
        data: { ...basket, items: [line, { ...line, price: { amount: 1, currency: 'USD' } }] },
      })
      .refuses('MixedCurrencies'))

  test('costs no more than can be charged', () => {
    const dear = { ...line, quantity: 1, price: euros(999_999_999_999) }
    given(order)
      .when({ ...place, data: { ...basket, items: [dear, line] } })
      .refuses('TotalTooLarge')
    given(order)
      .when({ ...place, data: { ...basket, items: [dear] } })
      .yields({ ...placed, data: { ...basket, items: [dear], total: dear.price } })
  })

  test('can be called off, and says by whom', () =>
    given(order, placed).when(cancel).yields(cancelled))

  test('stays called off when asked twice', () =>
    given(order, placed, cancelled).when(cancel).yields())

  test('can no longer be called off once paid or confirmed', () => {
    given(order, placed, paid).when(cancel).refuses('AlreadyPaid')
    given(order, placed, paid, confirmed).when(cancel).refuses('AlreadyConfirmed')
  })

  test('may be paid before its stock is known to be held', () => {
    given(order, placed).when({ type: 'MarkPaid', data: { paymentId } }).yields(paid)
    given(order, placed, paid).when({ type: 'ConfirmStock', data: {} }).yields()
  })

  test('cannot be paid once called off', () =>
    given(order, placed, cancelled)
      .when({ type: 'MarkPaid', data: { paymentId } })
      .refuses('AlreadyCancelled'))

  test('is rejected for a reason', () =>
    given(order, placed)
      .when({ type: 'RejectOrder', data: { reason: 'out_of_stock' } })
      .yields({ type: 'OrderRejected', data: { reason: 'out_of_stock' } }))
})

/** How an order gets to each status. */
const paths: Readonly<Record<(typeof OrderStatus)['enum'][number], readonly Move[]>> = {
  PENDING: [],
  STOCK_RESERVED: ['ConfirmStock'],
  PAID: ['ConfirmStock', 'MarkPaid'],
  CONFIRMED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder'],
  SHIPPED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder', 'ShipOrder'],
  DELIVERED: ['ConfirmStock', 'MarkPaid', 'ConfirmOrder', 'ShipOrder', 'DeliverOrder'],
  COMPLETED: ['MarkPaid', 'ConfirmOrder', 'ShipOrder', 'DeliverOrder', 'CompleteOrder'],
  CANCELLED: ['CancelOrder'],
  REJECTED: ['RejectOrder'],
}

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

describe.each(OrderStatus.enum)('at %s', (status) => {
  const at = paths[status].reduce(
    (state, move) => take(state, commands[move]).state,
    order.evolve(order.initialState, placed),
  )

  test('is where the path leads', () => expect(at.status).toBe(status))

  test.each(moves)('%s does what the table says', (move) => {
    const answer = answerTo[move][status]
    expect(take(at, commands[move])).toEqual(
      answer === 'go'
        ? { events: 1, state: { ...at, status: ends[move] } }
        : answer === 'done'
          ? { events: 0, state: at }
          : { refused: answer, state: at },
    )
  })
})

test('nothing moves an order that was never placed', () => {
  for (const move of moves)
    expect(take(order.initialState, commands[move])).toMatchObject({ refused: 'NoSuchOrder' })
})

test('an order can be called off before it is paid, and never after', () => {
  const open = OrderStatus.enum.filter((status) => answerTo.CancelOrder[status] === 'go')
  expect(open).toEqual(['PENDING', 'STOCK_RESERVED'])
})
