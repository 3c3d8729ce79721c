import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { asyncCounts } from '../../../test/support/async-counts.ts'
import { internalCalls } from '../../platform/security/internal-calls.ts'
import { breaker } from './breaker.ts'
import { passOn } from './pass-on.ts'
import type { Upstream } from './upstreams.ts'

const body = Buffer.from('{"success":true}')

/** A dispatcher that answers at once, without a connection. */
const dispatch = (
  _request: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): boolean => {
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  }
  handler.onRequestStart?.(controller, undefined)
  handler.onResponseStart?.(controller, 200, { 'content-length': String(body.length) })
  handler.onResponseData?.(controller, body)
  handler.onResponseEnd?.(controller, {})
  return true
}

test('forwarding a request creates one promise and no timer', async () => {
  const states: string[] = []
  const upstream: Upstream = {
    instance: { id: 'one', url: 'http://127.0.0.1:1', roles: ['api'] },
    pool: { dispatch, close: async () => undefined },
    breaker: breaker({ changed: (state) => states.push(state) }),
    pending: 0,
    answered: 0,
  }
  const pass = passOn({
    known: { of: () => [upstream.instance] },
    upstreams: { of: () => [upstream] },
    calls: internalCalls(Buffer.alloc(32, 7)),
  })
  const request = {
    method: 'GET',
    url: '/api/v1/tea',
    headers: { host: 'shop.example', authorization: 'Bearer t' },
    body: undefined,
    userId: 'ada',
    address: '10.0.0.9',
    protocol: 'https',
    correlationId: 'c-1',
    waiting: { isOver: false, onOver: () => undefined },
  }
  expect((await pass('tea', request)).body).toBe(body)
  const times = 100
  const { PROMISE: promises = 0, ...others } = await asyncCounts(async () => {
    for (let count = 0; count < times; count++) await pass('tea', request)
  })
  // The other promise is that of this loop's await.
  expect(promises / times).toBeLessThanOrEqual(2.1)
  expect(others).toEqual({})
  expect(upstream.answered).toBe(times + 1)
  expect(states).toEqual([])
})
