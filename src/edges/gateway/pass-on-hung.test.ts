import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { internalCalls } from '../../platform/security/internal-calls.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { defaultLoadLimits } from '../http/protection/shedding.ts'
import { breaker } from './breaker.ts'
import { passOn } from './pass-on.ts'
import { defaultTimeouts, type Upstream } from './upstreams.ts'

const controller = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
}

/** How undici fails a request whose answer has not begun within `headersTimeout`. */
const headersTimeout = Object.assign(new Error('Headers Timeout Error'), {
  code: 'UND_ERR_HEADERS_TIMEOUT',
})

/**
 * Passes a request on to so many instances, without connections.
 * @param hanging so many attempts hang; later ones are answered at once
 * @returns the timeouts of the attempts, how many instances were asked, and what came of the request
 */
const passed = async (method: string, instances: number, hanging: number) => {
  const attempts: { readonly instance: string; readonly wait: number | null | undefined }[] = []
  const upstreamOf = (id: string): Upstream => ({
    instance: { id, url: `http://${id}`, roles: ['api'] },
    pool: {
      dispatch: (request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => {
        attempts.push({ instance: id, wait: request.headersTimeout })
        handler.onRequestStart?.(controller, undefined)
        if (attempts.length <= hanging) handler.onResponseError?.(controller, headersTimeout)
        else {
          handler.onResponseStart?.(controller, 200, { 'content-length': '0' })
          handler.onResponseEnd?.(controller, {})
        }
        return true
      },
      close: async () => undefined,
    },
    breaker: breaker({ changed: () => undefined }),
    pending: 0,
    answered: 0,
  })
  const upstreams = Array.from({ length: instances }, (_, nth) => upstreamOf(`${nth}.example`))
  const pass = passOn({
    known: { of: () => upstreams.map(({ instance }) => instance) },
    upstreams: { of: () => upstreams },
    calls: internalCalls(Buffer.alloc(32, 7)),
    timeouts: { read: 1, other: 2, aborted: 3 },
  })
  const request = {
    method,
    url: '/api/v1/tea',
    headers: {},
    body: undefined,
    userId: 'ada',
    address: '10.0.0.9',
    protocol: 'https',
    correlationId: 'c-1',
  }
  const status = await pass('tea', request).then(
    (back) => back.status,
    (error: unknown) => (error instanceof Unavailable ? 'unavailable' : error),
  )
  const asked = new Set(attempts.map(({ instance }) => instance)).size
  return { waits: attempts.map(({ wait }) => wait), asked, status }
}

test.each(['GET', 'HEAD'])(
  'a %s that one instance does not answer in time is sent to another one, which may take longer',
  async (method) =>
    expect(await passed(method, 2, 1)).toEqual({ waits: [1, 2], asked: 2, status: 200 }),
)

test('a GET is sent twice at the most, however many instances hang', async () =>
  expect(await passed('GET', 3, 3)).toEqual({ waits: [1, 2], asked: 2, status: 'unavailable' }))

test('a GET is not sent again to the one instance that did not answer it, which had the longer time', async () =>
  expect(await passed('GET', 1, 1)).toEqual({ waits: [2], asked: 1, status: 'unavailable' }))

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
  'a %s has the longer time, and is never sent twice',
  async (method) =>
    expect(await passed(method, 2, 1)).toEqual({ waits: [2], asked: 1, status: 'unavailable' }),
)

test('a read is given up only after its wait for a position, and leaves a second instance time before it is overdue', () => {
  /** The longest wait of a read for its position, in ms (`src/runtime/progress.ts`). */
  const position = 5_000
  expect(defaultTimeouts.read).toBeGreaterThan(position)
  expect(defaultTimeouts.read).toBeLessThan(defaultLoadLimits.answer - 4_000)
  expect(defaultTimeouts.other).toBeGreaterThan(defaultLoadLimits.answer)
})
