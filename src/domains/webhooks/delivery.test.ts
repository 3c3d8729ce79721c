import { describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import { given } from '#kernel/testing'
import { delivery } from './delivery.ts'
import { pauseAfter, triedFor } from './pauses.ts'
import { WebhookId } from './webhook.ts'

/** The context of a decision. */
const at = (now: string) => ({ now, by: 'tester' })

const webhookId = asId(WebhookId, '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11')
const since = '2030-01-01T00:00:00.000Z'
const reference = {
  webhookId,
  eventId: 'e1',
  event: 'agora.ordering.order-placed.v1',
  position: '7',
}
const requested = { type: 'DeliveryRequested' as const, data: { ...reference, since } }
const failed = {
  type: 'DeliveryAttemptFailed' as const,
  data: {
    webhookId,
    attempt: 1,
    status: 500,
    tookMs: 3,
    error: '500',
    retryAt: '2030-01-01T00:00:05.000Z',
  },
}
const retried = { type: 'DeliveryRetried' as const, data: { webhookId, attempt: 2 } }
const delivered = {
  type: 'DeliverySucceeded' as const,
  data: { webhookId, attempt: 1, status: 204, tookMs: 3 },
}
const givenUp = {
  type: 'DeliveryGivenUp' as const,
  data: { webhookId, attempt: 1, tookMs: 3, error: 'It did not answer' },
}
const fails = (attempt: number) => ({
  type: 'RecordFailedAttempt' as const,
  data: { attempt, tookMs: 3, error: '500', status: 500, jitter: 0.5 },
})

test('an event is delivered to a webhook once, however often it is requested', () => {
  given(delivery).when({ type: 'RequestDelivery', data: reference }, at(since)).yields(requested)
  given(delivery, requested).when({ type: 'RequestDelivery', data: reference }).yields()
  given(delivery, requested, delivered).when({ type: 'RequestDelivery', data: reference }).yields()
})

describe('an attempt', () => {
  test('that failed is made again after a pause', () => {
    given(delivery, requested).when(fails(1), at(since)).yields(failed)
    const retry = { type: 'RetryDelivery' as const, data: { attempt: 2 } }
    given(delivery, requested, failed).when(retry, at('2030-01-01T00:00:04.999Z')).yields()
    given(delivery, requested, failed).when(retry, at('2030-01-01T00:00:05.000Z')).yields(retried)
    given(delivery, requested, failed, retried).when(retry, at('2030-01-01T00:00:06.000Z')).yields()
  })

  test('counts once: what an earlier one reports is ignored', () => {
    given(delivery, requested, failed, retried).when(fails(1)).yields()
    given(delivery, requested, failed, retried)
      .when({ type: 'RecordDelivered', data: { attempt: 1, status: 200, tookMs: 1 } })
      .yields()
    given(delivery, requested, delivered).when(fails(1)).yields()
    given(delivery, requested)
      .when({ type: 'RecordDelivered', data: { attempt: 1, status: 204, tookMs: 3 } })
      .yields(delivered)
  })

  test('waits at least as long as the endpoint asks for', () =>
    given(delivery, requested)
      .when({ ...fails(1), data: { ...fails(1).data, retryAfterMs: 60_000 } }, at(since))
      .yields({ ...failed, data: { ...failed.data, retryAt: '2030-01-01T00:01:00.000Z' } }))

  test('that is postponed does not count', () => {
    const until = '2030-01-01T00:00:30.000Z'
    const postponed = { type: 'DeliveryPostponed' as const, data: { webhookId, attempt: 1, until } }
    given(delivery, requested)
      .when({ type: 'PostponeDelivery', data: { attempt: 1, until } })
      .yields(postponed)
    given(delivery, requested, postponed)
      .when({ type: 'RetryDelivery', data: { attempt: 1 } }, at(until))
      .yields({ type: 'DeliveryRetried', data: { webhookId, attempt: 1 } })
  })
})

test('a delivery is given up once the next attempt would be later than three days after the request', () => {
  const late = new Date(Date.parse(since) + triedFor - 4_999).toISOString()
  given(delivery, requested)
    .when(fails(1), at(late))
    .yields({
      type: 'DeliveryGivenUp',
      data: { webhookId, attempt: 1, status: 500, tookMs: 3, error: '500' },
    })
  given(delivery, requested)
    .when({ ...fails(1), data: { ...fails(1).data, isFinal: true } }, at(since))
    .yields({
      type: 'DeliveryGivenUp',
      data: { webhookId, attempt: 1, status: 500, tookMs: 3, error: '500' },
    })
})

test('a delivery that waits is given up after three days as well', () => {
  const expire = { type: 'ExpireDelivery' as const, data: {} }
  const end = Date.parse(since) + triedFor
  given(delivery, requested, failed)
    .when(expire, at(new Date(end).toISOString()))
    .yields()
  given(delivery, requested, failed)
    .when(expire, at(new Date(end + 1).toISOString()))
    .yields({
      type: 'DeliveryGivenUp',
      data: { webhookId, attempt: 2, tookMs: 0, error: 'It was not taken within three days.' },
    })
  given(delivery, requested)
    .when(expire, at(new Date(end + 1).toISOString()))
    .yields()
})

test('what has ended is replayed with three days of its own; what goes on is not', () => {
  const now = '2030-02-01T00:00:00.000Z'
  const replay = { type: 'ReplayDelivery' as const, data: {} }
  const replayed = {
    type: 'DeliveryReplayed' as const,
    data: { webhookId, attempt: 2, since: now },
  }
  given(delivery, requested, givenUp).when(replay, at(now)).yields(replayed)
  given(delivery, requested, delivered).when(replay, at(now)).yields(replayed)
  given(delivery, requested).when(replay).refuses('DeliveryUnderWay')
  given(delivery, requested, failed).when(replay).refuses('DeliveryUnderWay')
  given(delivery).when(replay).refuses('NoSuchDelivery')
  // The pauses begin anew.
  given(delivery, requested, givenUp, replayed)
    .when(fails(2), at(now))
    .yields({
      type: 'DeliveryAttemptFailed',
      data: {
        ...failed.data,
        attempt: 2,
        retryAt: '2030-02-01T00:00:05.000Z',
      },
    })
})

test('a cancelled delivery is not sent', () => {
  const cancelled = { type: 'DeliveryCancelled' as const, data: { webhookId } }
  const cancel = { type: 'CancelDelivery' as const, data: {} }
  given(delivery, requested, failed).when(cancel).yields(cancelled)
  given(delivery, requested, delivered).when(cancel).yields()
  given(delivery, requested, failed, cancelled)
    .when({ type: 'RetryDelivery', data: { attempt: 2 } }, at('2031-01-01T00:00:00.000Z'))
    .yields()
})

test('what has ended is removed, unless it goes on or was replayed since', () => {
  const removed = { type: 'DeliveryRemoved' as const, data: { webhookId } }
  const cancelled = { type: 'DeliveryCancelled' as const, data: { webhookId } }
  const replayed = {
    type: 'DeliveryReplayed' as const,
    data: { webhookId, attempt: 2, since: '2030-02-01T00:00:00.000Z' },
  }
  const remove = { type: 'RemoveDelivery' as const, data: { attempt: 1 } }
  for (const end of [delivered, givenUp, cancelled])
    given(delivery, requested, end).when(remove).yields(removed)
  given(delivery).when(remove).yields()
  given(delivery, requested).when(remove).yields()
  given(delivery, requested, failed)
    .when({ type: 'RemoveDelivery', data: { attempt: 2 } })
    .yields()
  given(delivery, requested, delivered, replayed).when(remove).yields()
  const deliveredAgain = { ...delivered, data: { ...delivered.data, attempt: 2 } }
  given(delivery, requested, delivered, replayed, deliveredAgain).when(remove).yields()
})

test('a removed delivery is neither removed, requested nor replayed again', () => {
  const removed = { type: 'DeliveryRemoved' as const, data: { webhookId } }
  const history = [requested, delivered, removed] as const
  given(delivery, ...history)
    .when({ type: 'RemoveDelivery', data: { attempt: 1 } })
    .yields()
  given(delivery, ...history)
    .when({ type: 'RequestDelivery', data: reference })
    .yields()
  given(delivery, ...history)
    .when({ type: 'CancelDelivery', data: {} })
    .yields()
  given(delivery, ...history)
    .when(fails(1))
    .yields()
  given(delivery, ...history)
    .when({ type: 'ReplayDelivery', data: {} })
    .refuses('NoSuchDeliveryAnymore')
})

test('pauses double up to six hours, spread by a quarter to both sides', () => {
  expect([1, 2, 3, 13, 14, 40].map((attempt) => pauseAfter(attempt, 0.5))).toEqual([
    5_000, 10_000, 20_000, 20_480_000, 21_600_000, 21_600_000,
  ])
  expect([pauseAfter(1, 0), pauseAfter(1, 1)]).toEqual([3_750, 6_250])
})
