import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { PaymentId, ProductId, RefundId, ReturnId, UserId } from '../shared/index.ts'
import { order } from './order.ts'
import { refundIdOf } from './return-rules.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const [lamp, chair] = [derivedId(ProductId, 'lamp'), derivedId(ProductId, 'chair')]
const userId = derivedId(UserId, 'ada')
const line = (refId: ProductId, quantity: number, amount: number) => ({
  kind: 'product' as const,
  refId,
  name: 'Thing',
  quantity,
  price: euros(amount),
})
/** Two lamps and a chair, and another lamp at another price: 11,998 in total. */
const items = [line(lamp, 2, 1999), line(chair, 1, 5000), line(lamp, 1, 3000)]
const placed = {
  type: 'OrderPlaced' as const,
  data: { userId, items, paymentToken: 'tok_ok', total: euros(11_998) },
}
const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
const addressed = { ...placed, data: { ...placed.data, shippingAddress } }
const paid = {
  type: 'OrderPaid' as const,
  data: { paymentId: derivedId(PaymentId, 'payment') },
}
const confirmed = { type: 'OrderConfirmed' as const, data: {} }
const shipped = { type: 'OrderShipped' as const, data: {} }
const left = { type: 'OrderBuyerLeft' as const, data: {} }
const toShip = [placed, paid, confirmed] as const
const sent = [...toShip, shipped] as const

const [first, second, third] = ['1', '2', '3'].map((name) => derivedId(RefundId, name)) as [
  RefundId,
  RefundId,
  RefundId,
]
const of = (at: number, quantity: number) => ({ line: at, refId: items[at]!.refId, quantity })
const all = [of(0, 2), of(1, 1), of(2, 1)]

type Wanted = { line?: number; refId?: ProductId; quantity: number }[]
const ask = (refundId: RefundId, wanted?: Wanted, more: { restock?: boolean } = {}) => ({
  type: 'RequestRefund' as const,
  data: { refundId, reason: 'broken', ...(wanted && { items: wanted }), ...more },
})
const askSum = (refundId: RefundId, amount: { amount: number; currency: string }) => ({
  type: 'RequestRefund' as const,
  data: { refundId, reason: 'sorry', amount },
})
const asked = (
  refundId: RefundId,
  lines: readonly ReturnType<typeof of>[],
  amount: number,
  restock: readonly ReturnType<typeof of>[] = [],
) => ({
  type: 'OrderRefundRequested' as const,
  data: {
    refundId,
    reason: 'broken',
    lines: [...lines],
    amount: euros(amount),
    restock: [...restock],
  },
})
const record = (refundId: RefundId) => ({ type: 'MarkRefunded' as const, data: { refundId } })
const refunded = (
  refundId: RefundId,
  lines: readonly ReturnType<typeof of>[],
  amount: number,
  sum: number,
  status: 'REFUNDED' | 'PARTLY_REFUNDED' | 'RETURNED',
  restock: readonly ReturnType<typeof of>[] = [],
) => ({
  type: 'OrderRefunded' as const,
  data: {
    refundId,
    userId,
    lines: [...lines],
    amount: euros(amount),
    refunded: euros(sum),
    restock: [...restock],
    status,
    // In these tests, unsent pieces are restocked, and others are not.
    ...(status === 'REFUNDED' && restock.length > 0 && { unsent: true as const }),
  },
})
const ship = { type: 'ShipOrder' as const, data: {} }
const failed = (refundId: RefundId) => ({
  type: 'OrderRefundFailed' as const,
  data: { refundId, reason: 'refused_by_provider' },
})
const fail = (refundId: RefundId) => ({ ...failed(refundId), type: 'MarkRefundFailed' as const })

describe('the cost of a delivery', () => {
  const shipping = { carrier: 'post', method: 'standard', cost: euros(490) }
  const delivered = { ...placed, data: { ...placed.data, shipping, total: euros(12_488) } }

  test('is refunded with the whole order', () => {
    given(order, delivered, paid, confirmed)
      .when(ask(first))
      .yields(asked(first, all, 12_488, all))
    given(order, delivered, paid, confirmed, shipped)
      .when(ask(first))
      .yields(asked(first, all, 12_488))
  })

  test('is refunded with the last pieces of an order that was not shipped, and not with others', () => {
    const lamps = asked(first, [of(0, 2)], 3_998, [of(0, 2)])
    const others: Wanted = [
      { line: 1, quantity: 1 },
      { line: 2, quantity: 1 },
    ]
    const rest = [of(1, 1), of(2, 1)]
    given(order, delivered, paid, confirmed)
      .when(ask(first, [{ line: 0, quantity: 2 }]))
      .yields(lamps)
    given(order, delivered, paid, confirmed, lamps)
      .when(ask(second, others))
      .yields(asked(second, rest, 8_490, rest))
    given(order, delivered, paid, confirmed, shipped, lamps)
      .when(ask(second, others))
      .yields(asked(second, rest, 8_000))
  })
})

describe('a refund of a whole order', () => {
  const whole = asked(first, all, 11_998, all)
  const back = refunded(first, all, 11_998, 11_998, 'REFUNDED', all)

  test('covers all, and restocks all pieces of an order that was not shipped', () => {
    given(order, ...toShip)
      .when(ask(first))
      .yields(whole)
    given(order, ...toShip, whole)
      .when(record(first))
      .yields(back)
  })

  test('restocks shipped pieces only on request', () => {
    given(order, ...sent)
      .when(ask(first))
      .yields(asked(first, all, 11_998))
    given(order, ...sent)
      .when(ask(first, undefined, { restock: true }))
      .yields(whole)
    given(order, ...toShip)
      .when(ask(first, undefined, { restock: false }))
      .yields(asked(first, all, 11_998))
  })

  test('prevents the shipment from its request on', () => {
    given(order, ...toShip, whole)
      .when(ship)
      .refuses('BeingRefunded')
    given(order, ...toShip, whole, back)
      .when(ship)
      .refuses('AlreadyRefunded')
    given(order, ...sent, asked(first, all, 11_998))
      .when(ship)
      .yields()
    given(order, ...sent, asked(first, all, 11_998))
      .when({ type: 'DeliverOrder', data: {} })
      .yields({ type: 'OrderDelivered', data: {} })
  })

  test('that fails permits the shipment and another refund', () => {
    given(order, ...toShip, whole)
      .when(fail(first))
      .yields(failed(first))
    given(order, ...toShip, whole, failed(first))
      .when(fail(first))
      .yields()
    given(order, ...toShip, whole, failed(first))
      .when(ship)
      .yields(shipped)
    given(order, ...toShip, whole, failed(first))
      .when(record(first))
      .yields()
    given(order, ...toShip, whole, failed(first))
      .when(ask(second))
      .yields(asked(second, all, 11_998, all))
  })

  test('is made once by repeated commands', () => {
    given(order, ...toShip, whole)
      .when(ask(first))
      .yields()
    given(order, ...toShip, whole)
      .when(ask(second))
      .yields()
    given(order, ...toShip, whole, back)
      .when(ask(second))
      .yields()
    given(order, ...toShip, whole, back)
      .when(record(first))
      .yields()
    given(order, ...toShip, whole, back)
      .when(ask(second, [{ line: 0, quantity: 1 }]))
      .refuses('AlreadyRefunded')
    given(order, ...toShip, asked(first, [of(0, 1)], 1999))
      .when(ask(first, [{ line: 0, quantity: 1 }]))
      .yields()
    const lamp = [
      asked(first, [of(0, 1)], 1999),
      refunded(first, [of(0, 1)], 1999, 1999, 'PARTLY_REFUNDED'),
    ]
    given(order, ...toShip, ...lamp)
      .when(fail(first))
      .yields()
  })

  test('needs a paid and confirmed order', () => {
    given(order, placed).when(ask(first)).refuses('NotPaid')
    given(order, placed, { type: 'OrderStockConfirmed', data: {} })
      .when(ask(first))
      .refuses('NotPaid')
    given(order, placed, paid).when(ask(first)).refuses('NotConfirmed')
    given(order, placed, { type: 'OrderCancelled', data: { reason: 'x', by: 'ada' } })
      .when(ask(first))
      .refuses('AlreadyCancelled')
    given(order, placed, { type: 'OrderRejected', data: { reason: 'x' } })
      .when(ask(first))
      .refuses('AlreadyRejected')
    given(order).when(ask(first)).refuses('NoSuchOrder')
    given(order, ...toShip)
      .when(record(first))
      .refuses('NoSuchRefund')
    given(order, ...toShip)
      .when(fail(first))
      .refuses('NoSuchRefund')
  })

  test('erases the address of a buyer who has left', () => {
    const past = [addressed, paid, confirmed, left, whole] as const
    const gone = { type: 'OrderAddressForgotten' as const, data: { waited: true as const } }
    const silent = { ...back, data: { ...back.data, buyerLeft: true as const } }
    given(order, ...past)
      .when(record(first))
      .yields(silent, gone)
    given(order, placed, paid, confirmed, left, whole).when(record(first)).yields(silent)
    given(order, addressed, paid, confirmed, whole).when(record(first)).yields(back)
    const part = refunded(first, [of(0, 1)], 1999, 1999, 'PARTLY_REFUNDED')
    given(order, addressed, paid, confirmed, left, asked(first, [of(0, 1)], 1999))
      .when(record(first))
      .yields({ ...part, data: { ...part.data, buyerLeft: true } })
    given(order, ...past, silent, gone)
      .when({ type: 'LetBuyerGo', data: {} })
      .yields()
  })
})

describe('a refund of some pieces', () => {
  const lamps = asked(first, [of(0, 1)], 1999, [of(0, 1)])
  const back = refunded(first, [of(0, 1)], 1999, 1999, 'PARTLY_REFUNDED', [of(0, 1)])

  test('is their price, by line or by product', () => {
    given(order, ...toShip)
      .when(ask(first, [{ line: 0, quantity: 1 }]))
      .yields(lamps)
    given(order, ...toShip)
      .when(
        ask(first, [
          { refId: chair, quantity: 1 },
          { line: 0, quantity: 1 },
        ]),
      )
      .yields(asked(first, [of(0, 1), of(1, 1)], 6999, [of(0, 1), of(1, 1)]))
    // Lines of the same product, in their order.
    given(order, ...toShip)
      .when(ask(first, [{ refId: lamp, quantity: 3 }]))
      .yields(asked(first, [of(0, 2), of(2, 1)], 6998, [of(0, 2), of(2, 1)]))
    given(order, ...toShip)
      .when(
        ask(first, [
          { line: 0, quantity: 1 },
          { refId: lamp, quantity: 1 },
        ]),
      )
      .yields(asked(first, [of(0, 2)], 3998, [of(0, 2)]))
  })

  test('needs existing lines and remaining pieces', () => {
    for (const wanted of [
      [{ line: 3, quantity: 1 }],
      [{ refId: derivedId(ProductId, 'table'), quantity: 1 }],
      [{ line: 0, refId: chair, quantity: 1 }],
      [{ quantity: 1 }],
    ])
      given(order, ...toShip)
        .when(ask(first, wanted))
        .refuses('UnknownLine')
    given(order, ...toShip)
      .when(ask(first, [{ line: 0, quantity: 3 }]))
      .refuses('MoreThanLeft')
    const twice = [
      { line: 0, quantity: 2 },
      { line: 0, quantity: 1 },
    ]
    given(order, ...toShip)
      .when(ask(first, twice))
      .refuses('MoreThanLeft')
    given(order, ...toShip, lamps)
      .when(ask(second, [{ line: 0, quantity: 2 }]))
      .refuses('MoreThanLeft')
    given(order, ...toShip, lamps, failed(first))
      .when(ask(second, [{ line: 0, quantity: 2 }]))
      .yields(asked(second, [of(0, 2)], 3998, [of(0, 2)]))
  })

  test('permits shipment, delivery and completion of the rest', () => {
    given(order, ...toShip, lamps)
      .when(record(first))
      .yields(back)
    given(order, ...toShip, lamps)
      .when(ship)
      .yields(shipped)
    given(order, ...toShip, lamps, back)
      .when(ship)
      .yields(shipped)
    given(order, ...toShip, lamps, back, shipped)
      .when(ship)
      .yields()
    given(order, ...toShip, lamps, back)
      .when({ type: 'DeliverOrder', data: {} })
      .refuses('NotShipped')
    given(order, ...toShip, lamps, back, shipped)
      .when({ type: 'DeliverOrder', data: {} })
      .yields({ type: 'OrderDelivered', data: {} })
    given(order, ...toShip, lamps, back)
      .when({ type: 'CancelOrder', data: { reason: 'x' } })
      .refuses('AlreadyConfirmed')
  })

  test('and another one are summed up, until all is refunded', () => {
    const rest = [of(0, 1), of(1, 1), of(2, 1)]
    const others = asked(second, rest, 9999, rest)
    given(order, ...toShip, lamps, back)
      .when(ask(second))
      .yields(others)
    given(order, ...toShip, lamps, others)
      .when(ship)
      .refuses('BeingRefunded')
    given(order, ...toShip, lamps, back, others)
      .when(record(second))
      .yields(refunded(second, rest, 9999, 11_998, 'REFUNDED', rest))
    // In any order of completion.
    const early = refunded(second, rest, 9999, 9999, 'PARTLY_REFUNDED', rest)
    given(order, ...toShip, lamps, others)
      .when(record(second))
      .yields(early)
    given(order, ...toShip, lamps, others, early)
      .when(record(first))
      .yields(refunded(first, [of(0, 1)], 1999, 11_998, 'REFUNDED', [of(0, 1)]))
  })
})

describe('a refund of an amount', () => {
  const sorry = {
    type: 'OrderRefundRequested' as const,
    data: { refundId: first, reason: 'sorry', lines: [], amount: euros(1000), restock: [] },
  }

  test('has no pieces, unless it is the whole remaining amount', () => {
    given(order, ...toShip)
      .when(askSum(first, euros(1000)))
      .yields(sorry)
    given(order, ...toShip, sorry)
      .when(askSum(second, euros(10_998)))
      .yields({
        ...sorry,
        data: { ...sorry.data, refundId: second, lines: all, amount: euros(10_998), restock: all },
      })
  })

  test('is at most the remaining amount, in the same currency', () => {
    given(order, ...toShip, sorry)
      .when(askSum(second, euros(10_999)))
      .refuses('MoreThanPaid')
    given(order, ...toShip)
      .when(askSum(first, { amount: 1, currency: 'USD' }))
      .refuses('OtherCurrency')
  })

  test('has no pieces when an amount fails after all pieces were refunded', () => {
    const past = [...toShip, sorry, asked(second, all, 10_998), failed(first)] as const
    given(order, ...past)
      .when(askSum(third, euros(1000)))
      .yields({ ...sorry, data: { ...sorry.data, refundId: third } })
    given(order, ...past)
      .when(ask(third))
      .yields(asked(third, [], 1000))
  })

  test('is 0 for the remaining pieces of price 0, once', () => {
    const gift = {
      ...placed,
      data: { ...placed.data, items: [items[0]!, line(chair, 1, 0)], total: euros(3998) },
    }
    const past = [gift, paid, confirmed, asked(first, [of(0, 2)], 3998)] as const
    given(order, ...past)
      .when(ask(second))
      .yields(asked(second, [of(1, 1)], 0, [of(1, 1)]))
    given(order, ...past, asked(second, [of(1, 1)], 0))
      .when(ask(third))
      .yields()
  })

  test('reduces the refund of the last pieces', () =>
    given(order, ...toShip, sorry)
      .when(
        ask(third, [
          { line: 0, quantity: 2 },
          { line: 1, quantity: 1 },
          { line: 2, quantity: 1 },
        ]),
      )
      .yields(asked(third, all, 10_998, all)))
})

describe('a refund from before orders recorded refunds', () => {
  const adopt = { type: 'AdoptRefund' as const, data: { refundId: first } }
  const adopted = {
    ...refunded(first, all, 11_998, 11_998, 'REFUNDED'),
    data: {
      ...refunded(first, all, 11_998, 11_998, 'REFUNDED').data,
      unsent: true as const,
      adopted: true as const,
    },
  }

  test('is adopted once, and prevents the shipment', () => {
    given(order, ...toShip)
      .when(adopt)
      .yields(adopted)
    given(order, ...toShip, adopted)
      .when(adopt)
      .yields()
    given(order, ...toShip, adopted)
      .when(ship)
      .refuses('AlreadyRefunded')
  })

  test('is adopted also after a failed refund', () => {
    given(order, ...toShip, asked(second, all, 11_998), failed(second))
      .when(adopt)
      .yields(adopted)
  })

  test('is not adopted by cancelled orders, nor by those with a refund of their own', () => {
    given(order, placed, { type: 'OrderRejected', data: { reason: 'x' } })
      .when(adopt)
      .refuses('AlreadyRejected')
    given(order, placed).when(adopt).refuses('NotPaid')
    given(order, ...toShip, asked(second, all, 11_998))
      .when(adopt)
      .yields()
  })
})

describe('a return', () => {
  const [one, other] = ['one', 'other'].map((name) => derivedId(ReturnId, name)) as [
    ReturnId,
    ReturnId,
  ]
  const request = (returnId: ReturnId, wanted?: Wanted, words?: string) => ({
    type: 'RequestReturn' as const,
    data: { returnId, ...(wanted && { items: wanted }), ...(words !== undefined && { words }) },
  })
  const requested = (returnId: ReturnId, lines: readonly ReturnType<typeof of>[]) => ({
    type: 'OrderReturnRequested' as const,
    data: { returnId, userId, lines: [...lines] },
  })
  const lamps = requested(one, [of(0, 1)])
  const accept = { type: 'AcceptReturn' as const, data: { returnId: one } }
  const accepted = { ...lamps, type: 'OrderReturnAccepted' as const }
  const decline = { type: 'DeclineReturn' as const, data: { returnId: one, reason: 'used' } }
  const declined = {
    type: 'OrderReturnDeclined' as const,
    data: { ...lamps.data, reason: 'used' },
  }
  const receive = (returnId = one, restock = true) => ({
    type: 'ReceiveReturn' as const,
    data: { returnId, restock },
  })
  const received = (
    { data }: ReturnType<typeof requested>,
    restock: readonly ReturnType<typeof of>[],
    status: 'SHIPPED' | 'RETURNED' | 'PARTLY_REFUNDED' | 'REFUNDED',
  ) => ({
    type: 'OrderReturnReceived' as const,
    data: { ...data, restock: [...restock], status },
  })
  const owed = (returnId: ReturnId, lines: readonly ReturnType<typeof of>[], amount: number) => ({
    type: 'OrderRefundRequested' as const,
    data: {
      refundId: refundIdOf(returnId),
      returnId,
      reason: 'returned',
      restock: [],
      lines: [...lines],
      amount: euros(amount),
    },
  })

  test('can be requested once the order is shipped', () => {
    given(order, ...sent)
      .when(request(one, [{ line: 0, quantity: 1 }]))
      .yields(lamps)
    given(order, ...sent)
      .when(request(one))
      .yields(requested(one, all))
    given(order, ...sent, lamps)
      .when(request(one))
      .yields()
    given(order, ...toShip)
      .when(request(one))
      .refuses('NotShipped')
    given(order).when(request(one)).refuses('NoSuchOrder')
  })

  test('has the words of its buyer until they are erased', () => {
    const wordy = { ...lamps, data: { ...lamps.data, words: 'It smells' } }
    given(order, ...sent)
      .when(request(one, [{ line: 0, quantity: 1 }], 'It smells'))
      .yields(wordy)
    given(order, ...sent, wordy)
      .when({ type: 'ForgetAddress', data: {} })
      .yields({ type: 'OrderAddressForgotten', data: {} })
    given(order, ...sent, lamps)
      .when({ type: 'ForgetAddress', data: {} })
      .yields()
  })

  test('needs no second request while another one is open, and is refused when no pieces remain', () => {
    const third = derivedId(ReturnId, 'third')
    given(order, ...sent, lamps, declined, requested(other, all))
      .when(request(third))
      .yields()
    given(order, ...sent, lamps, declined, asked(first, all, 11_998))
      .when(request(third))
      .refuses('MoreThanLeft')
  })

  test('covers pieces that are neither in another return nor refunded without one', () => {
    given(order, ...sent, lamps)
      .when(request(other, [{ line: 0, quantity: 2 }]))
      .refuses('MoreThanLeft')
    given(order, ...sent, asked(first, [of(0, 2)], 3998))
      .when(request(one, [{ line: 0, quantity: 1 }]))
      .refuses('MoreThanLeft')
    given(order, ...sent, lamps, declined)
      .when(request(other, [{ line: 0, quantity: 2 }]))
      .yields(requested(other, [of(0, 2)]))
    given(order, ...sent, requested(one, all))
      .when(request(other))
      .yields()
    given(order, ...sent, requested(one, all), {
      ...requested(one, all),
      type: 'OrderReturnAccepted' as const,
    })
      .when(request(other))
      .yields()
    given(order, ...sent, requested(one, all))
      .when(request(other, [{ line: 0, quantity: 1 }]))
      .refuses('MoreThanLeft')
  })

  test('is accepted up to a hundred times, declined ones included', () => {
    const many = Array.from({ length: 100 }, (_, nth) => {
      const returnId = derivedId(ReturnId, String(nth))
      return [requested(returnId, all), { ...declined, data: { ...declined.data, returnId } }]
    }).flat()
    given(order, ...sent, ...many)
      .when(request(one))
      .refuses('TooManyReturns')
    given(order, ...sent, ...many.slice(2))
      .when(request(one))
      .yields(requested(one, all))
  })

  test('is accepted or declined, each once', () => {
    given(order, ...sent, lamps)
      .when(accept)
      .yields(accepted)
    given(order, ...sent, lamps, accepted)
      .when(accept)
      .yields()
    given(order, ...sent, lamps)
      .when(decline)
      .yields(declined)
    given(order, ...sent, lamps, declined)
      .when(decline)
      .yields()
    given(order, ...sent, lamps)
      .when({ ...decline, data: { returnId: one } })
      .yields({ ...declined, data: lamps.data })
    // Accepted, but the goods did not arrive.
    given(order, ...sent, lamps, accepted)
      .when(decline)
      .yields(declined)
    given(order, ...sent, lamps, declined)
      .when(accept)
      .refuses('ReturnDeclined')
    given(order, ...sent, lamps, declined)
      .when(receive())
      .refuses('ReturnDeclined')
    for (const command of [accept, decline, receive()])
      given(order, ...sent)
        .when(command)
        .refuses('NoSuchReturn')
  })

  test('is received, accepted before or not, and its refund requested', () => {
    const back = received(lamps, [of(0, 1)], 'SHIPPED')
    const money = owed(one, [of(0, 1)], 1999)
    given(order, ...sent, lamps)
      .when(receive())
      .yields(back, money)
    given(order, ...sent, lamps, accepted)
      .when(receive())
      .yields(back, money)
    given(order, ...sent, lamps)
      .when(receive(one, false))
      .yields(received(lamps, [], 'SHIPPED'), money)
    given(order, ...sent, lamps, back, money)
      .when(receive())
      .yields()
    given(order, ...sent, lamps, back, money)
      .when(decline)
      .refuses('ReturnReceived')
    given(order, ...sent, lamps, back, money)
      .when(record(refundIdOf(one)))
      .yields(refunded(refundIdOf(one), [of(0, 1)], 1999, 1999, 'PARTLY_REFUNDED'))
  })

  test('of all pieces sets the status RETURNED, which stays after the refund', () => {
    const everything = requested(one, all)
    const back = received(everything, all, 'RETURNED')
    const money = owed(one, all, 11_998)
    given(order, ...sent, everything)
      .when(receive())
      .yields(back, money)
    given(order, ...sent, everything, back, money)
      .when(record(refundIdOf(one)))
      .yields(refunded(refundIdOf(one), all, 11_998, 11_998, 'RETURNED'))
    given(order, ...sent, everything, back, money)
      .when(request(other))
      .refuses('AlreadyReturned')
    given(order, ...sent, everything, back, money)
      .when({ type: 'CompleteOrder', data: {} })
      .refuses('AlreadyReturned')
    const lampsBack = [lamps, received(lamps, [], 'SHIPPED'), owed(one, [of(0, 1)], 1999)]
    const others = requested(other, [of(0, 1), of(1, 1), of(2, 1)])
    given(order, ...sent, ...lampsBack, others)
      .when(receive(other, false))
      .yields(received(others, [], 'RETURNED'), owed(other, others.data.lines, 9999))
    // Goods of open and declined returns have not arrived.
    const lampsDeclined = [lamps, declined]
    for (const announced of [[lamps], [lamps, accepted], lampsDeclined])
      given(order, ...sent, ...announced, others)
        .when(receive(other, false))
        .yields(received(others, [], 'SHIPPED'), owed(other, others.data.lines, 9999))
    // Pieces that were refunded before the shipment need no return.
    const rest = requested(one, [of(0, 1), of(1, 1), of(2, 1)])
    given(order, ...toShip, asked(first, [of(0, 1)], 1999), shipped, rest)
      .when(receive(one, false))
      .yields(received(rest, [], 'RETURNED'), owed(one, rest.data.lines, 9999))
  })

  test('refunds no piece that was refunded meanwhile, and restocks no piece twice', () => {
    const whole = asked(first, [of(0, 2)], 3998, [of(0, 2)])
    given(order, ...sent, lamps, whole)
      .when(receive())
      .yields(received(lamps, [], 'SHIPPED'))
    given(order, ...sent, asked(first, [], 1000), requested(one, all))
      .when(receive(one, false))
      .yields(received(requested(one, all), [], 'RETURNED'), owed(one, all, 10_998))
    // A returned piece and its refund are one piece.
    given(order, ...sent, lamps, received(lamps, [], 'SHIPPED'), owed(one, [of(0, 1)], 1999))
      .when(request(other, [{ line: 0, quantity: 1 }]))
      .yields(requested(other, [of(0, 1)]))
    // Nor conversely, after the refund of a return has failed.
    const past = [...sent, lamps, received(lamps, [of(0, 1)], 'SHIPPED')] as const
    given(order, ...past, owed(one, [of(0, 1)], 1999), failed(refundIdOf(one)))
      .when(ask(second, [{ line: 0, quantity: 2 }], { restock: true }))
      .yields(asked(second, [of(0, 2)], 3998, [of(0, 1)]))
  })

  test('is marked for a buyer who has left', () => {
    const quiet = { ...accepted, data: { ...accepted.data, buyerLeft: true as const } }
    given(order, ...sent, lamps, left)
      .when(accept)
      .yields(quiet)
    // In older orders the erased address says so.
    const forgotten = { type: 'OrderAddressForgotten' as const, data: {} }
    given(order, addressed, paid, confirmed, shipped, forgotten, lamps).when(accept).yields(quiet)
  })
})

describe('a parcel that came back undelivered', () => {
  const [ours, theirs] = ['undelivered', 'theirs'].map((name) => derivedId(ReturnId, name)) as [
    ReturnId,
    ReturnId,
  ]
  const shipping = { carrier: 'post', method: 'standard', cost: euros(490) }
  const delivered = { ...placed, data: { ...placed.data, shipping, total: euros(12_488) } }
  const underWay = [delivered, paid, confirmed, shipped] as const
  const takeBack = { type: 'TakeBackParcel' as const, data: { returnId: ours } }
  type Lines = readonly ReturnType<typeof of>[]
  const requested = (returnId: ReturnId, lines: Lines) => ({
    type: 'OrderReturnRequested' as const,
    data: { returnId, userId, lines: [...lines] },
  })
  const received = (returnId: ReturnId, lines: Lines, restock: Lines, more = {}) => ({
    type: 'OrderReturnReceived' as const,
    data: {
      returnId,
      userId,
      lines: [...lines],
      restock: [...restock],
      status: 'RETURNED' as const,
      ...more,
    },
  })
  const back = (returnId: ReturnId, lines: Lines, restock: Lines, more = {}) =>
    [requested(returnId, lines), received(returnId, lines, restock, more)] as const
  const owed = (lines: Lines, amount: number) => {
    const { data } = asked(refundIdOf(ours), lines, amount)
    const more = { returnId: ours, reason: 'undelivered' }
    return { type: 'OrderRefundRequested' as const, data: { ...data, ...more } }
  }

  test('is returned, restocked and refunded as a whole, the delivery included', () => {
    given(order, ...underWay)
      .when(takeBack)
      .yields(...back(ours, all, all), owed(all, 12_488))
    given(order, ...underWay, ...back(ours, all, all), owed(all, 12_488))
      .when(takeBack)
      .yields()
    given(order, ...underWay, left)
      .when(takeBack)
      .yields(...back(ours, all, all, { buyerLeft: true }), owed(all, 12_488))
  })

  test('needs a parcel that has left', () => {
    given(order).when(takeBack).refuses('NoSuchOrder')
    given(order, delivered, paid, confirmed).when(takeBack).refuses('NotShipped')
  })

  test('refunds the delivery of goods that were refunded or returned before, once', () => {
    const undelivered = asked(refundIdOf(ours), [], 490)
    const delivery = { ...undelivered, data: { ...undelivered.data, reason: 'undelivered' } }
    const { data } = asked(first, all, 11_998)
    const gone = [{ type: 'OrderRefundRequested' as const, data }] as const
    const done = refunded(first, all, 11_998, 11_998, 'REFUNDED')
    given(order, ...underWay, ...gone, done)
      .when(takeBack)
      .yields(delivery)
    given(order, ...underWay, ...gone, done, delivery)
      .when(takeBack)
      .yields()
    const paidBack = asked(first, all, 12_488)
    given(order, ...underWay, paidBack, refunded(first, all, 12_488, 12_488, 'REFUNDED'))
      .when(takeBack)
      .yields()
  })

  test('leaves out pieces and money that were refunded before', () => {
    const lamps = asked(first, [of(0, 2)], 3_998, [of(0, 2)])
    const rest = [of(1, 1), of(2, 1)]
    given(order, delivered, paid, confirmed, lamps, shipped)
      .when(takeBack)
      .yields(...back(ours, rest, rest), owed(rest, 8_490))
  })

  test('includes pieces whose return was requested; none of them is restocked again', () => {
    const open = requested(theirs, [of(1, 1)])
    const taken = [...back(ours, all, all), owed(all, 12_488)] as const
    given(order, ...underWay, open)
      .when(takeBack)
      .yields(...taken)
    given(order, ...underWay, open, ...taken)
      .when({ type: 'ReceiveReturn', data: { returnId: theirs, restock: true } })
      .yields(received(theirs, [of(1, 1)], []))
  })
})

test('the state of an order has its refunded money', () => {
  const state = [...sent, asked(first, [of(0, 1)], 1999)].reduce(order.evolve, order.initialState)
  expect(state).toMatchObject({ status: 'SHIPPED', refunds: { [first]: { status: 'pending' } } })
})
