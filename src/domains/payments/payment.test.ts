import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, UserId } from '../shared/index.ts'
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
const refund = { type: 'RefundPayment' as const, data: { reason: 'broken' } }
const refunding = {
  type: 'PaymentRefundRequested' as const,
  data: { orderId, amount, ...receipt },
}
const record = { type: 'RecordRefund' as const, data: { refundRef: 're_1' } }
const refunded = { type: 'PaymentRefunded' as const, data: { orderId, refundRef: 're_1' } }

describe('a payment', () => {
  test('is asked for once', () => {
    given(payment).when(request).yields(initiated())
    given(payment, initiated()).when(request).yields()
    given(payment, initiated(), completed).when(request).yields()
  })

  test('is tried again when it failed', () =>
    given(payment, initiated(), failed, initiated(2), failed).when(request).yields(initiated(3)))

  test('of nothing is paid at once, without a provider', () => {
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

  test('is completed once', () => {
    given(payment, initiated()).when(complete()).yields(completed)
    given(payment, initiated(), completed).when(complete()).yields()
    given(payment, initiated(), completed).when(fail()).yields()
  })

  test('fails once', () => {
    given(payment, initiated()).when(fail()).yields(failed)
    given(payment, initiated(), failed).when(fail()).yields()
  })

  test('does not listen to an attempt that is over', () => {
    given(payment, initiated(), failed, initiated(2)).when(fail(1)).yields()
    given(payment, initiated(), failed, initiated(2)).when(complete(1)).yields()
    given(payment, initiated(), failed, initiated(2), failed).when(complete(1)).yields()
  })

  test('gives money back that was reported as not taken before', () =>
    given(payment, initiated(), failed).when(complete()).yields(refunding))

  test('knows nothing of charges that nobody asked for', () => {
    given(payment).when(complete()).refuses('NotInitiated')
    given(payment).when(fail()).refuses('NotInitiated')
    given(payment, voided).when(complete()).refuses('NotInitiated')
  })
})

describe('a payment that is called off', () => {
  test('is not taken any more, however far it was', () => {
    given(payment, initiated()).when(callOff).yields(voided)
    given(payment, initiated(), failed).when(callOff).yields(voided)
    given(payment).when(callOff).yields(voided)
    given(payment, initiated(), voided).when(callOff).yields()
  })

  test('cannot be asked for again, nor for the first time', () => {
    given(payment, initiated(), voided).when(request).refuses('AlreadyVoided')
    given(payment, initiated(), failed, voided).when(request).refuses('AlreadyVoided')
    given(payment, voided).when(request).refuses('AlreadyVoided')
  })

  test('gives back what had been taken', () => {
    given(payment, initiated(), completed).when(callOff).yields(refunding)
    given(payment, initiated(), completed, refunding).when(callOff).yields()
    given(payment, initiated(), completed, refunding, refunded).when(callOff).yields()
  })

  test('gives back what was being taken meanwhile', () => {
    given(payment, initiated(), voided).when(complete()).yields(refunding)
    given(payment, initiated(), voided, refunding).when(complete()).yields()
    given(payment, initiated(), voided).when(fail()).yields()
  })
})

describe('a refund', () => {
  test('is for money that was taken', () => {
    given(payment, initiated(), completed)
      .when(refund)
      .yields({ ...refunding, data: { ...refunding.data, reason: 'broken' } })
    for (const past of [[], [initiated()], [initiated(), failed], [initiated(), voided]])
      given(payment, ...past)
        .when(refund)
        .refuses('NotCompleted')
  })

  test('is asked for once', () => {
    given(payment, initiated(), completed, refunding).when(refund).yields()
    given(payment, initiated(), completed, refunding, refunded).when(refund).yields()
    given(payment, initiated(), completed, refunding).when(request).refuses('AlreadyVoided')
  })

  test('is recorded once, when it was asked for', () => {
    given(payment, initiated(), completed, refunding).when(record).yields(refunded)
    given(payment, initiated(), voided, refunding).when(record).yields(refunded)
    given(payment, initiated(), completed, refunding, refunded).when(record).yields()
    given(payment, initiated(), completed).when(record).refuses('NotRefunding')
  })
})

test('the payment of an order is the same whoever asks', () => {
  expect(paymentIdOf(orderId)).toBe(paymentIdOf(orderId))
  expect(paymentIdOf(orderId)).not.toBe(paymentIdOf(derivedId(OrderId, 'other')))
})
