import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { OrderId, RefundId, UserId } from '../domains/shared/index.ts'
import { payments } from './payments.ts'

const orderId = derivedId(OrderId, 'order')
const userId = derivedId(UserId, 'ada')
const id = paymentIdOf(orderId)
const amount = { amount: 3998, currency: 'EUR' }
const receipt = { provider: 'simulator', providerRef: 'ch_1' }
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const happened = (type: string, data: object = {}, at = tuesday) =>
  recorded(streamOf(payment, id), { type, data: { orderId, ...data } }, { at })
const asked = (attempt: number, at: string) =>
  happened('PaymentInitiated', { userId, amount, token: 'tok_ok', attempt }, at)
const failed = happened('PaymentFailed', { reason: 'card_declined' })
const completed = happened('PaymentCompleted', receipt)

test('a payment has user, order and amount, without the card token', () =>
  expect(folding(payments, asked(1, monday)).into(id)).toEqual({
    id,
    orderId,
    userId,
    amount,
    status: 'PENDING',
    revision: 0,
    createdAt: monday,
    updatedAt: monday,
  }))

test('a completed payment has its provider', () =>
  expect(folding(payments, asked(1, monday), completed).into(id)).toMatchObject({
    status: 'COMPLETED',
    ...receipt,
    createdAt: monday,
    updatedAt: tuesday,
  }))

test('a failed payment has its reason until it is requested again', () => {
  expect(folding(payments, asked(1, monday), failed).into(id)).toMatchObject({
    status: 'FAILED',
    reason: 'card_declined',
  })
  expect(folding(payments, asked(1, monday), failed, asked(2, tuesday)).into(id)).toEqual({
    id,
    orderId,
    userId,
    amount,
    status: 'PENDING',
    revision: 0,
    createdAt: monday,
    updatedAt: tuesday,
  })
})

test('a cancelled payment is void, unless it had failed', () => {
  const voided = happened('PaymentVoided')
  expect(folding(payments, asked(1, monday), voided).into(id)?.status).toBe('VOIDED')
  expect(folding(payments, asked(1, monday), failed, voided).into(id)?.status).toBe('FAILED')
  expect(folding(payments, voided).into(id)).toBeUndefined()
})

test('a refund has its reason and its status', () => {
  const refunding = happened('PaymentRefundRequested', { amount, ...receipt, reason: 'broken' })
  const refunded = happened('PaymentRefunded', { refundRef: 're_1' })
  expect(folding(payments, asked(1, monday), completed, refunding).into(id)).toMatchObject({
    status: 'REFUND_PENDING',
    reason: 'broken',
  })
  expect(folding(payments, asked(1, monday), completed, refunding, refunded).into(id)?.status).toBe(
    'REFUNDED',
  )
})

test('partial refunds are summed up, completed and requested ones apart', () => {
  const euros = (minor: number) => ({ ...amount, amount: minor })
  const [first, second] = ['1', '2'].map((name) => derivedId(RefundId, name))
  const ask = (refundId: string | undefined, minor: number) =>
    happened('PaymentRefundRequested', { refundId, amount: euros(minor), ...receipt })
  const back = (refundId: string | undefined, minor: number) =>
    happened('PaymentRefunded', { refundId, amount: euros(minor), refundRef: 're_1' })
  const failed = happened('PaymentRefundFailed', {
    refundId: second,
    amount: euros(2998),
    reason: 'refused_by_provider',
  })
  const after = (...events: Parameters<typeof folding>[1][]) => {
    const { status, refunded, refunding, reason } =
      folding(payments, asked(1, monday), completed, ...events).into(id) ?? {}
    return [status, refunded?.amount, refunding?.amount, reason]
  }
  const past = [ask(first, 1000), ask(second, 2998)]
  expect(after(...past)).toEqual(['REFUND_PENDING', undefined, 3998, undefined])
  expect(after(...past, back(first, 1000))).toEqual(['REFUND_PENDING', 1000, 2998, undefined])
  expect(after(ask(first, 1000), back(first, 1000))).toEqual([
    'PARTLY_REFUNDED',
    1000,
    undefined,
    undefined,
  ])
  expect(after(...past, back(first, 1000), back(second, 2998))).toEqual([
    'REFUNDED',
    3998,
    undefined,
    undefined,
  ])
  expect(after(...past, back(first, 1000), failed)).toEqual([
    'REFUND_FAILED',
    1000,
    undefined,
    'refused_by_provider',
  ])
})

test('a refund of a charge after the payment was voided has its provider', () => {
  const late = happened('PaymentRefundRequested', { amount, ...receipt })
  expect(
    folding(payments, asked(1, monday), happened('PaymentVoided'), late).into(id),
  ).toMatchObject({ status: 'REFUND_PENDING', ...receipt })
})

describe('a payment that is authorised first', () => {
  const held = happened(
    'PaymentAuthorisationRequested',
    {
      userId,
      amount,
      token: 'tok_ok',
      attempt: 1,
    },
    monday,
  )
  const authorised = happened('PaymentAuthorised', receipt)
  const capturing = happened('PaymentCaptureRequested', { ...receipt, amount, attempt: 1 })
  const statusAfter = (...events: Parameters<typeof folding>[1][]) =>
    folding(payments, held, ...events).into(id)

  test('is pending, without the card token, until the amount is held', () => {
    expect(statusAfter()).toEqual({
      id,
      orderId,
      userId,
      amount,
      status: 'PENDING',
      revision: 0,
      createdAt: monday,
      updatedAt: monday,
    })
    expect(statusAfter(authorised)).toMatchObject({
      status: 'AUTHORIZED',
      ...receipt,
      createdAt: monday,
      updatedAt: tuesday,
    })
  })

  test('is completed by its capture, not by the request of it', () => {
    expect(statusAfter(authorised, capturing)?.status).toBe('AUTHORIZED')
    expect(statusAfter(authorised, capturing, happened('PaymentCaptured', receipt))).toMatchObject({
      status: 'COMPLETED',
      ...receipt,
    })
  })

  test('has failed with the reason, if the amount is not held or not taken', () => {
    const reason = 'card_declined'
    expect(statusAfter(happened('PaymentAuthorisationFailed', { reason }))).toMatchObject({
      status: 'FAILED',
      reason,
    })
    const failed = happened('PaymentCaptureFailed', { reason })
    const releasing = happened('PaymentReleaseRequested', { attempt: 1 })
    const released = happened('PaymentReleased', { attempt: 1 })
    for (const after of [[], [releasing], [releasing, released]])
      expect(statusAfter(authorised, capturing, failed, ...after)).toMatchObject({
        status: 'FAILED',
        reason,
        updatedAt: tuesday,
      })
  })

  test('is void once it is called off, before and after its release', () => {
    const voided = happened('PaymentVoided')
    const releasing = happened('PaymentReleaseRequested', { attempt: 1 })
    const released = happened('PaymentReleased', { attempt: 1 })
    for (const after of [[voided], [voided, releasing], [voided, releasing, released]])
      expect(statusAfter(authorised, ...after)?.status).toBe('VOIDED')
  })

  test('has the revision of its last event', () =>
    expect(
      folding(
        payments,
        held,
        recorded(
          streamOf(payment, id),
          {
            type: 'PaymentReleased',
            data: { orderId, attempt: 1 },
          },
          { revision: 7 },
        ),
      ).into(id)?.revision,
    ).toBe(7))
})
