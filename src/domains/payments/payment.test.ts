import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, RefundId, UserId } from '../shared/index.ts'
import { awaitsRefund, hasGoneBack, leftToRefund, pendingRefunds } from './payment-refunds.ts'
import { payment, paymentIdOf } from './payment.ts'

const orderId = derivedId(OrderId, 'order')
const amount = { amount: 3998, currency: 'EUR' }
const bill = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
const receipt = { provider: 'simulator', providerRef: 'ch_1' }

const request = { type: 'RequestPayment' as const, data: bill }
const initiated = (attempt = 1) => ({
  type: 'PaymentInitiated' as const,
  data: { ...bill, attempt },
})
const complete = (attempt = 1) => ({
  type: 'CompletePayment' as const,
  data: { ...receipt, attempt },
})
const completed = { type: 'PaymentCompleted' as const, data: { orderId, ...receipt } }
const fail = (attempt = 1) => ({
  type: 'FailPayment' as const,
  data: { reason: 'card_declined', attempt },
})
const failed = { type: 'PaymentFailed' as const, data: { orderId, reason: 'card_declined' } }
const callOff = { type: 'VoidPayment' as const, data: { orderId } }
const voided = { type: 'PaymentVoided' as const, data: { orderId } }
const [first, second] = ['1', '2'].map((name) => derivedId(RefundId, name)) as [RefundId, RefundId]
const euros = (minor: number) => ({ ...amount, amount: minor })
const refund = (refundId: RefundId, money = amount) => ({
  type: 'RefundPayment' as const,
  data: { orderId, refundId, amount: money, reason: 'broken' },
})
const asked = (refundId: RefundId, money = amount) => ({
  type: 'PaymentRefundRequested' as const,
  data: { orderId, refundId, amount: money, ...receipt, reason: 'broken' },
})
const goneBack = (refundId: RefundId, money = amount) => ({
  type: 'PaymentRefunded' as const,
  data: { orderId, refundId, amount: money, refundRef: 're_1' },
})
const failedRefund = (refundId: RefundId, money = amount) => ({
  type: 'PaymentRefundFailed' as const,
  data: { orderId, refundId, amount: money, reason: 'refused_by_provider' },
})
const refunding = {
  type: 'PaymentRefundRequested' as const,
  data: { orderId, amount, ...receipt },
}
const refunded = { type: 'PaymentRefunded' as const, data: { orderId, refundRef: 're_1' } }

describe('a payment', () => {
  test('is requested once', () => {
    given(payment).when(request).yields(initiated())
    given(payment, initiated()).when(request).yields()
    given(payment, initiated(), completed).when(request).yields()
  })

  test('is requested again after a failure', () =>
    given(payment, initiated(), failed, initiated(2), failed).when(request).yields(initiated(3)))

  test('of 0 is completed at once, without a provider', () => {
    const free = { ...bill, amount: { amount: 0, currency: 'EUR' } }
    const ask = { type: 'RequestPayment' as const, data: free }
    const asked = (attempt = 1) => ({
      type: 'PaymentInitiated' as const,
      data: { ...free, attempt },
    })
    const paid = {
      type: 'PaymentCompleted' as const,
      data: { orderId, provider: 'none', providerRef: 'nothing_to_pay' },
    }
    given(payment).when(ask).yields(asked(), paid)
    given(payment, asked(), paid).when(ask).yields()
    given(payment, asked(), failed).when(ask).yields(asked(2), paid)
    given(payment, voided).when(ask).refuses('AlreadyVoided')
  })

  test('of 0 is refunded at once when it is voided', () => {
    const free = { ...bill, amount: { amount: 0, currency: 'EUR' } }
    const none = { provider: 'none', providerRef: 'nothing_to_pay' }
    const { orderId } = bill
    given(
      payment,
      { type: 'PaymentInitiated', data: { ...free, attempt: 1 } },
      { type: 'PaymentCompleted', data: { orderId, ...none } },
    )
      .when({ type: 'VoidPayment', data: { orderId } })
      .yields(
        { type: 'PaymentRefundRequested', data: { orderId, amount: free.amount, ...none } },
        { type: 'PaymentRefunded', data: { orderId, amount: free.amount, refundRef: 'nothing' } },
      )
  })

  test('is completed once', () => {
    given(payment, initiated()).when(complete()).yields(completed)
    given(payment, initiated(), completed).when(complete()).yields()
    given(payment, initiated(), completed).when(fail()).yields()
  })

  test('fails once', () => {
    given(payment, initiated()).when(fail()).yields(failed)
    given(payment, initiated(), failed).when(fail()).yields()
  })

  test('ignores answers to earlier attempts', () => {
    given(payment, initiated(), failed, initiated(2)).when(fail(1)).yields()
    given(payment, initiated(), failed, initiated(2)).when(complete(1)).yields()
    given(payment, initiated(), failed, initiated(2), failed).when(complete(1)).yields()
  })

  test('requests a refund for a charge that was recorded as failed', () =>
    given(payment, initiated(), failed).when(complete()).yields(refunding))

  test('refuses charges that were not requested', () => {
    given(payment).when(complete()).refuses('NotInitiated')
    given(payment).when(fail()).refuses('NotInitiated')
    given(payment, voided).when(complete()).refuses('NotInitiated')
  })
})

describe('a voided payment', () => {
  test('is void from every state', () => {
    given(payment, initiated()).when(callOff).yields(voided)
    given(payment, initiated(), failed).when(callOff).yields(voided)
    given(payment).when(callOff).yields(voided)
    given(payment, initiated(), voided).when(callOff).yields()
  })

  test('cannot be requested', () => {
    given(payment, initiated(), voided).when(request).refuses('AlreadyVoided')
    given(payment, initiated(), failed, voided).when(request).refuses('AlreadyVoided')
    given(payment, voided).when(request).refuses('AlreadyVoided')
  })

  test('requests a refund when it was completed', () => {
    given(payment, initiated(), completed).when(callOff).yields(refunding)
    given(payment, initiated(), completed, refunding).when(callOff).yields()
    given(payment, initiated(), completed, refunding, refunded).when(callOff).yields()
  })

  test('requests a refund for a charge that completes later', () => {
    given(payment, initiated(), voided).when(complete()).yields(refunding)
    given(payment, initiated(), voided, refunding).when(complete()).yields()
    given(payment, initiated(), voided).when(fail()).yields()
    // Recorded as failed, voided, and completed after all.
    given(payment, initiated(), failed, voided).when(complete()).yields(refunding)
  })
})

describe('a refund', () => {
  const taken = [initiated(), completed] as const
  const part = euros(1000)
  const recorded = (refundId?: RefundId) => ({
    type: 'RecordRefund' as const,
    data: { ...(refundId !== undefined && { refundId }), refundRef: 're_1' },
  })
  const fail = (refundId?: RefundId) => ({
    type: 'FailRefund' as const,
    data: { ...(refundId !== undefined && { refundId }), reason: 'refused_by_provider' },
  })

  test('needs a completed payment', () => {
    given(payment, ...taken)
      .when(refund(first))
      .yields(asked(first))
    for (const past of [[], [initiated()], [initiated(), failed], [initiated(), voided]])
      given(payment, ...past)
        .when(refund(first))
        .refuses('NotCompleted')
  })

  test('is requested and recorded once', () => {
    given(payment, ...taken, asked(first))
      .when(refund(first))
      .yields()
    given(payment, ...taken, asked(first))
      .when(recorded(first))
      .yields(goneBack(first))
    given(payment, ...taken, asked(first), goneBack(first))
      .when(recorded(first))
      .yields()
    given(payment, ...taken, asked(first), goneBack(first))
      .when(refund(first))
      .yields()
    given(payment, ...taken, asked(first))
      .when(request)
      .refuses('AlreadyVoided')
    given(payment, ...taken)
      .when(recorded(first))
      .refuses('NotRefunding')
    given(payment, ...taken, asked(first))
      .when(recorded(second))
      .refuses('NotRefunding')
    given(payment).when(fail(first)).refuses('NotRefunding')
  })

  test('and others never exceed the paid amount', () => {
    given(payment, ...taken, asked(first, part))
      .when(refund(second, euros(2998)))
      .yields(asked(second, euros(2998)))
    given(payment, ...taken, asked(first, part))
      .when(refund(second, euros(2999)))
      .refuses('MoreThanPaid')
    given(payment, ...taken, asked(first, part), goneBack(first, part))
      .when(refund(second, euros(2999)))
      .refuses('MoreThanPaid')
    given(payment, ...taken)
      .when(refund(first, { amount: 1, currency: 'USD' }))
      .refuses('OtherCurrency')
  })

  test('that fails leaves its amount for another one', () => {
    given(payment, ...taken, asked(first))
      .when(fail(first))
      .yields(failedRefund(first))
    const past = [...taken, asked(first), failedRefund(first)] as const
    given(payment, ...past)
      .when(fail(first))
      .yields()
    given(payment, ...past)
      .when(refund(first))
      .yields()
    given(payment, ...past)
      .when(recorded(first))
      .refuses('NotRefunding')
    given(payment, ...past)
      .when(refund(second))
      .yields(asked(second))
  })

  test('counts as the whole payment only together with refunds of the rest', () => {
    const after = (...events: Parameters<typeof payment.evolve>[1][]) =>
      events.reduce(payment.evolve, payment.initialState)
    const rest = euros(2998)
    const ofPart = [...taken, asked(first, part)]
    const ofBoth = [...ofPart, asked(second, rest)]
    expect(
      [taken, ofPart, ofBoth, [...ofBoth, failedRefund(second, rest)]]
        .map((events) => after(...events))
        .map((state) => [hasGoneBack(state), awaitsRefund(state, first)]),
    ).toEqual([
      [false, false],
      [false, true],
      [true, true],
      [false, true],
    ])
    const ended = after(...ofBoth, goneBack(first, part), goneBack(second, rest))
    expect([hasGoneBack(ended), awaitsRefund(ended, first)]).toEqual([true, false])
    expect(hasGoneBack(after())).toBe(false)
    const free = { ...initiated(), data: { ...initiated().data, amount: euros(0) } }
    expect(hasGoneBack(after(free, completed))).toBe(false)
  })

  test('is pending until it is completed or failed, with its id and amount', () => {
    const after = (...events: Parameters<typeof payment.evolve>[1][]) =>
      pendingRefunds(events.reduce(payment.evolve, payment.initialState))
    const both = [...taken, asked(first, part), asked(second, euros(2998))] as const
    expect(after(...both)).toEqual([
      { refundId: first, amount: part },
      { refundId: second, amount: euros(2998) },
    ])
    expect(after(...both, goneBack(first, part))).toEqual([
      { refundId: second, amount: euros(2998) },
    ])
    expect(after(...both, failedRefund(first, part), goneBack(second, euros(2998)))).toEqual([])
    // The refund of a voided payment has no id.
    expect(after(...taken, refunding)).toEqual([])
    expect(after(initiated())).toEqual([])
  })

  test('leaves the rest of the amount, unless it failed', () => {
    const bill = { ...initiated().data, ...receipt }
    const refunds = {
      [first]: { status: 'pending' as const, amount: 1000 },
      [second]: { status: 'failed' as const, amount: 2000 },
    }
    expect(leftToRefund({ ...bill, refunds })).toEqual(euros(2998))
  })

  test('that was not requested changes nothing', () => {
    given(payment, ...taken, goneBack(first))
      .when(refund(second))
      .yields(asked(second))
    given(payment, goneBack(first)).when(request).yields(initiated())
  })

  test('of 0 is completed at once', () => {
    const nothing = euros(0)
    const back = goneBack(first, nothing)
    given(payment, ...taken)
      .when(refund(first, nothing))
      .yields(asked(first, nothing), { ...back, data: { ...back.data, refundRef: 'nothing' } })
  })

  test('of a voided payment has no id, and covers the remaining amount', () => {
    const none = { ...goneBack(first).data, refundId: undefined }
    const { refundId: _, ...data } = none
    const gone = { type: 'PaymentRefunded' as const, data }
    given(payment, ...taken, refunding)
      .when(recorded())
      .yields(gone)
    given(payment, initiated(), voided, refunding).when(recorded()).yields(gone)
    given(payment, ...taken, refunding, refunded)
      .when(recorded())
      .yields()
    given(payment, ...taken)
      .when(recorded())
      .refuses('NotRefunding')
    given(payment, ...taken, asked(first, part), goneBack(first, part))
      .when(callOff)
      .yields({ ...refunding, data: { ...refunding.data, amount: euros(2998) } })
    given(payment, ...taken, refunding, refunded)
      .when(refund(first))
      .refuses('MoreThanPaid')
  })
})

test('the id of a payment is derived from its order', () => {
  expect(paymentIdOf(orderId)).toBe(paymentIdOf(orderId))
  expect(paymentIdOf(orderId)).not.toBe(paymentIdOf(derivedId(OrderId, 'other')))
})
