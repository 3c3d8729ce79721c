import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type MessageOf } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, RefundId, UserId } from '../shared/index.ts'
import { providerUnavailable } from './payment-authorisation.ts'
import { payment } from './payment.ts'

const orderId = derivedId(OrderId, 'order')
const amount = { amount: 5_000, currency: 'EUR' }
const bill = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
const receipt = { provider: 'simulator', providerRef: 'ch_1' }
const which = { orderId, attempt: 1 }

const authorise = { type: 'AuthorisePayment', data: bill } as const
const requested = { type: 'PaymentAuthorisationRequested', data: { ...bill, attempt: 1 } } as const
const hold = { type: 'RecordAuthorisation', data: { ...receipt, attempt: 1 } } as const
const held = { type: 'PaymentAuthorised', data: { orderId, ...receipt } } as const
const decline = (reason = 'card_declined') =>
  ({ type: 'FailAuthorisation', data: { reason, attempt: 1 } }) as const
const declined = (reason = 'card_declined') =>
  ({ type: 'PaymentAuthorisationFailed', data: { orderId, reason } }) as const
const capture = { type: 'CapturePayment', data: { orderId } } as const
const capturing = {
  type: 'PaymentCaptureRequested',
  data: { ...which, amount, ...receipt },
} as const
const complete = { type: 'CompletePayment', data: { ...receipt, attempt: 1 } } as const
const captured = { type: 'PaymentCaptured', data: { orderId, ...receipt } } as const
const failCapture = { type: 'FailCapture', data: { reason: 'cancelled', attempt: 1 } } as const
const uncaptured = { type: 'PaymentCaptureFailed', data: { orderId, reason: 'cancelled' } } as const
const callOff = { type: 'VoidPayment', data: { orderId } } as const
const voided = { type: 'PaymentVoided', data: { orderId } } as const
const release = { type: 'PaymentReleaseRequested', data: which } as const
const recordRelease = { type: 'RecordRelease', data: { attempt: 1 } } as const
const released = { type: 'PaymentReleased', data: which } as const
const refunding = { type: 'PaymentRefundRequested', data: { orderId, amount, ...receipt } } as const

describe('a reported outcome', () => {
  const outcome = { type: 'ReportOutcome', data: { provider: 'simulator' } } as const
  const reported = {
    type: 'PaymentOutcomeReported',
    data: { orderId, provider: 'simulator' },
  } as const
  const initiated = { type: 'PaymentInitiated', data: { ...bill, attempt: 1 } } as const
  const completed = { type: 'PaymentCompleted', data: { orderId, ...receipt } } as const

  test('is recorded where the payment waits for one', () => {
    given(payment).when(outcome).refuses('NotInitiated')
    for (const past of [
      [initiated],
      [requested],
      [requested, held, capturing],
      [initiated, completed, refunding],
      [initiated, voided],
      [requested, declined(providerUnavailable), release],
    ] as const)
      given(payment, ...past)
        .when(outcome)
        .yields(reported)
  })

  test('changes nothing where it waits for none', () => {
    for (const past of [
      [initiated, completed],
      [requested, held],
      [requested, declined()],
      [requested, declined(providerUnavailable), release, released],
    ] as const)
      given(payment, ...past)
        .when(outcome)
        .yields()
    given(payment, initiated, reported, completed).when(complete).yields()
  })
})

describe('an authorisation', () => {
  test('is requested once', () => {
    given(payment).when(authorise).yields(requested)
    given(payment, requested).when(authorise).yields()
    given(payment, requested, held).when(authorise).yields()
    given(payment, requested, declined()).when(authorise).yields()
  })

  test('of 0, or of a void payment, is refused', () => {
    const free = { ...bill, amount: { ...amount, amount: 0 } }
    given(payment).when({ type: 'AuthorisePayment', data: free }).refuses('NothingToAuthorise')
    given(payment, voided).when(authorise).refuses('AlreadyVoided')
  })

  test('is recorded once, and declined once', () => {
    given(payment, requested).when(hold).yields(held)
    given(payment, requested, held).when(hold).yields()
    given(payment, requested, held).when(decline()).yields()
    given(payment, requested).when(decline()).yields(declined())
    given(payment, requested, declined()).when(hold).yields()
    given(payment).when(hold).refuses('NotInitiated')
    given(payment).when(decline()).refuses('NotInitiated')
  })

  test('of another attempt is not recorded', () => {
    given(payment, requested)
      .when({ type: 'RecordAuthorisation', data: { ...receipt, attempt: 2 } })
      .yields()
    given(payment, requested)
      .when({ type: 'FailAuthorisation', data: { reason: 'x', attempt: 2 } })
      .yields()
  })

  test('without an answer of the provider is released, as the amount may be held', () =>
    given(payment, requested)
      .when(decline(providerUnavailable))
      .yields(declined(providerUnavailable), release))

  test('is not charged by hand as well', () => {
    const request = { type: 'RequestPayment', data: bill } as const
    given(payment, requested).when(request).yields()
    given(payment, requested, held).when(request).yields()
  })
})

describe('a capture', () => {
  test('is requested once, of a held amount', () => {
    given(payment, requested, held).when(capture).yields(capturing)
    given(payment, requested, held, capturing).when(capture).yields()
    given(payment, requested, held, capturing, captured).when(capture).yields()
    for (const past of [[], [requested], [requested, declined()], [requested, voided]])
      given(payment, ...past)
        .when(capture)
        .refuses('NotAuthorised')
  })

  test('completes the payment, which can then be refunded', () => {
    given(payment, requested, held, capturing).when(complete).yields(captured)
    given(payment, requested, held, capturing, captured).when(complete).yields()
    given(payment, requested, held, capturing, captured).when(callOff).yields(refunding)
    const refundId = derivedId(RefundId, '1')
    const part = { ...amount, amount: 1 }
    given(payment, requested, held, capturing, captured)
      .when({ type: 'RefundPayment', data: { orderId, refundId, amount: part, reason: 'x' } })
      .yields({
        type: 'PaymentRefundRequested',
        data: { orderId, refundId, amount: part, ...receipt, reason: 'x' },
      })
  })

  test('that the provider reports without a request is recorded as well', () => {
    given(payment, requested, held).when(complete).yields(captured)
    given(payment, requested).when(complete).yields()
  })

  test('fails once, so that the amount is released, and is refunded when it was made nevertheless', () => {
    given(payment, requested, held, capturing).when(failCapture).yields(uncaptured, release)
    given(payment, requested, held, capturing, uncaptured).when(failCapture).yields()
    given(payment, requested, held).when(failCapture).yields()
    given(payment, requested, held, capturing, uncaptured).when(complete).yields(refunding)
  })
})

describe('a void payment', () => {
  test('releases the amount that is held, or may be', () => {
    given(payment, requested).when(callOff).yields(voided, release)
    given(payment, requested, held).when(callOff).yields(voided, release)
    given(payment, requested, held, capturing).when(callOff).yields(voided, release)
    given(payment, requested, held, voided, release).when(callOff).yields()
    given(payment, requested, declined()).when(callOff).yields(voided)
    given(payment, requested, held, capturing, uncaptured, release).when(callOff).yields(voided)
    // Earlier versions requested no release as a capture failed.
    given(payment, requested, held, capturing, uncaptured).when(callOff).yields(voided, release)
  })

  test('records its release once', () => {
    const past = [requested, held, voided, release]
    given(payment, ...past)
      .when(recordRelease)
      .yields(released)
    given(payment, ...past, released)
      .when(recordRelease)
      .yields()
    given(payment, requested, held).when(recordRelease).yields()
  })

  test('records no authorisation, and refunds a capture that won', () => {
    given(payment, requested, voided, release).when(hold).yields()
    given(payment, requested, held, capturing, voided, release).when(complete).yields(refunding)
  })
})

test('money is captured or released, and never both, after any commands', () => {
  type Command = CommandOf<typeof payment>
  const command = fc.constantFrom<Command>(
    authorise,
    hold,
    decline(),
    decline(providerUnavailable),
    capture,
    complete,
    failCapture,
    callOff,
    recordRelease,
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      let state = payment.initialState
      const past: MessageOf<(typeof payment)['events']>['type'][] = []
      for (const each of commands) {
        const context = { now: '2030-01-01T00:00:00.000Z', by: 'tester' }
        const events = payment.decide(state, each, context)
        if (isRefusal(events)) continue
        for (const event of events) {
          past.push(event.type)
          state = payment.evolve(state, event)
        }
      }
      const times = (type: (typeof past)[number]) => past.filter((one) => one === type).length
      expect(times('PaymentCaptured') + times('PaymentReleaseRequested')).toBeLessThanOrEqual(1)
      expect(times('PaymentReleased')).toBeLessThanOrEqual(times('PaymentReleaseRequested'))
      // A void payment whose authorisation was requested holds no money in the end.
      const isVoid = times('PaymentVoided') > 0 && times('PaymentAuthorisationRequested') > 0
      const ends =
        times('PaymentReleaseRequested') +
        times('PaymentAuthorisationFailed') +
        times('PaymentCaptured')
      expect(ends).toBeGreaterThanOrEqual(isVoid ? 1 : 0)
    }),
    { numRuns: 1_000 },
  )
})
