import fc from 'fast-check'
import { expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type MessageOf } from '#kernel'
import { OrderId, RefundId, UserId } from '../shared/index.ts'
import { payment, paymentIdOf } from './payment.ts'

const orderId = derivedId(OrderId, 'order')
const paid = 10
const context = { now: '2030-01-01T00:00:00.000Z', by: 'tester' }
const refundIds = ['a', 'b', 'c', 'd'].map((name) => derivedId(RefundId, name))

type Command = CommandOf<typeof payment>
type Event = MessageOf<(typeof payment)['events']>

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const refundId = fc.constantFrom(...refundIds)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({ refundId, amount: fc.integer({ min: 0, max: paid }) })
    .map(({ refundId, amount }): Command => ({
      type: 'RefundPayment',
      data: { orderId, refundId, amount: euros(amount), reason: 'x' },
    })),
  fc.option(refundId, { nil: undefined }).map((id): Command => ({
    type: 'RecordRefund',
    data: { ...(id && { refundId: id }), refundRef: 're' },
  })),
  fc.option(refundId, { nil: undefined }).map((id): Command => ({
    type: 'FailRefund',
    data: { ...(id && { refundId: id }), reason: 'x' },
  })),
  fc.constant<Command>({ type: 'VoidPayment', data: { orderId } }),
)

test('refunds never exceed the paid amount, after any commands', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const bill = { orderId, userId: derivedId(UserId, 'ada'), amount: euros(paid), token: 't' }
      const receipt = { provider: 'simulator', providerRef: paymentIdOf(orderId) }
      const past: Event[] = [
        { type: 'PaymentInitiated', data: { ...bill, attempt: 1 } },
        { type: 'PaymentCompleted', data: { orderId, ...receipt } },
      ]
      let state = past.reduce(payment.evolve, payment.initialState)
      let pending = 0
      let back = 0
      for (const each of commands) {
        const events = payment.decide(state, each, context)
        if (isRefusal(events)) continue
        for (const event of events) {
          if (event.type === 'PaymentRefundRequested') pending += event.data.amount.amount
          if (event.type === 'PaymentRefundFailed') pending -= event.data.amount.amount
          if (event.type === 'PaymentRefunded') {
            pending -= event.data.amount?.amount ?? 0
            back += event.data.amount?.amount ?? 0
          }
          state = payment.evolve(state, event)
        }
        expect(pending).toBeGreaterThanOrEqual(0)
        expect(back + pending).toBeLessThanOrEqual(paid)
        const expected = pending > 0 ? 'refunding' : back === paid ? 'refunded' : 'completed'
        expect(state.status).toBe(expected)
      }
    }),
    { numRuns: 500 },
  )
})
