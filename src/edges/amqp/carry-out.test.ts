import { expect, test, vi } from 'vitest'
import { modules } from '../../domains/index.ts'
import type { Fault } from '../../platform/messaging/command-queue/port.ts'
import { carryOut, type HttpAnswer, type Inject } from './carry-out.ts'
import { requestsOf } from './command-message.ts'

const requestOf = requestsOf(modules.flatMap(({ routes }) => routes))

/** Carries a message out with these answers, the last one for all further calls. */
const carried = async (
  message: unknown,
  {
    patience,
    answers = [{ statusCode: 201, headers: { location: '/posts/1' }, body: '{"success":true}' }],
    ...envelope
  }: {
    readonly answers?: readonly HttpAnswer[]
    readonly messageId?: unknown
    readonly authorization?: unknown
    readonly correlationId?: unknown
    readonly fault?: Fault
    readonly patience?: number
  } = {},
) => {
  let next = 0
  const inject = vi.fn<Inject>(async () => {
    next += 1
    return answers[Math.min(next, answers.length) - 1]!
  })
  const outcome = await carryOut(
    {
      content: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      messageId: 'order-7',
      authorization: 'Bearer token',
      correlationId: undefined,
      ...envelope,
    },
    {
      requestOf,
      inject,
      prefix: '/api/v1',
      signal: new AbortController().signal,
      ...(patience !== undefined && { patience }),
    },
  )
  return { outcome, calls: inject.mock.calls as unknown as readonly (readonly [object])[] }
}

const like = { operation: 'likePost', params: { id: 'a/b' } }

test('an operation becomes its request, with the message id as the idempotency key', async () => {
  const { outcome, calls } = await carried(like)
  expect(outcome).toEqual({ status: 201, location: '/posts/1', body: { success: true } })
  expect(calls).toEqual([
    [
      {
        method: 'POST',
        url: '/api/v1/posts/a%2Fb/like',
        headers: { authorization: 'Bearer token', 'idempotency-key': 'order-7' },
      },
    ],
  ])
})

test('a path becomes its request, with query and body; a correlation id that is a UUID goes along', async () => {
  const correlationId = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
  const { calls } = await carried(
    { method: 'POST', path: '/posts', query: { quick: true }, body: { content: 'hello' } },
    { correlationId },
  )
  expect(calls).toEqual([
    [
      {
        method: 'POST',
        url: '/api/v1/posts?quick=true',
        headers: {
          authorization: 'Bearer token',
          'idempotency-key': 'order-7',
          'x-correlation-id': correlationId,
          'content-type': 'application/json',
        },
        payload: '{"content":"hello"}',
      },
    ],
  ])
})

test.each([
  ['no JSON', '{"operation":', {}],
  ['another shape', { do: 'likePost' }, {}],
  ['both kinds', { ...like, method: 'POST', path: '/posts' }, {}],
  ['a method that reads', { method: 'GET', path: '/posts' }, {}],
  ['a path with a query', { method: 'POST', path: '/posts?x=1' }, {}],
  ['a path to another place', { method: 'POST', path: '//example.org/posts' }, {}],
  ['a path with a dot segment', { method: 'DELETE', path: '/posts/../users' }, {}],
  ['a path with an encoded dot segment', { method: 'DELETE', path: '/posts/%2E%2e' }, {}],
  ['a path with a broken encoding', { method: 'DELETE', path: '/posts/%zz' }, {}],
  ['a dot segment as a parameter', { operation: 'deletePost', params: { id: '..' } }, {}],
  ['a message with a fault', like, { fault: { status: 400 as const, reason: 'reply-to' } }],
  ['no parameter', { operation: 'likePost' }, {}],
  ['no key', like, { messageId: undefined }],
  ['a key with spaces', like, { messageId: 'a b' }],
])('%s is poison, and is not carried out', async (_, message, envelope) => {
  const { outcome, calls } = await carried(message, envelope)
  expect(outcome).toMatchObject({ status: 400, poison: expect.any(String) })
  expect(calls).toEqual([])
})

test.each([
  ['an unknown operation', { operation: 'dropTables' }, 404],
  ['an unknown path', { method: 'POST', path: '/nowhere' }, 404],
  ['a public operation', { operation: 'login' }, 403],
  ['a public path', { method: 'POST', path: '/auth/login', body: {} }, 403],
  ['an operation that reads', { operation: 'getPost', params: { id: '1' } }, 403],
  ['an operation with secrets', { operation: 'changePassword' }, 403],
  ['files', { method: 'POST', path: '/media/upload' }, 403],
])('%s is refused', async (_, message, status) => {
  const { outcome, calls } = await carried(message)
  expect(outcome).toMatchObject({ status, body: { success: false, status } })
  expect(outcome.poison).toBeUndefined()
  expect(calls).toEqual([])
})

test('half a character in a parameter is replaced, as in a body', async () => {
  const { calls } = await carried({ operation: 'likePost', params: { id: '\ud800' } })
  expect(calls).toMatchObject([[{ url: '/api/v1/posts/%EF%BF%BD/like' }]])
})

test.each([
  ['login', {}],
  ['changePassword', {}],
  ['changePassword', { messageId: undefined }],
])('the body of %s may have secrets, and says so', async (operation, envelope) => {
  const { outcome } = await carried({ operation, body: { password: 'secret' } }, envelope)
  expect(outcome).toMatchObject({ status: 403, isSecret: true })
})

test('without a token a command is refused', async () => {
  const { outcome, calls } = await carried(like, { authorization: undefined })
  expect(outcome).toMatchObject({ status: 401, body: { code: 'token_missing' } })
  expect(calls).toEqual([])
})

const answer = (statusCode: number, body = ''): HttpAnswer => ({ statusCode, headers: {}, body })

test('temporary failures are repeated under the same key', async () => {
  const { outcome, calls } = await carried(like, {
    answers: [answer(503), answer(409, '{"code":"request_in_progress"}'), answer(201, '{}')],
  })
  expect(outcome.status).toBe(201)
  expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBe(1)
  expect(calls).toHaveLength(3)
})

test.each([
  ['that lasts', answer(503), 300],
  ['that is to last', { ...answer(429), headers: { 'retry-after': '30' } }, 20_000],
])('a temporary failure %s is given up for now', async (_, failure, patience) => {
  const { outcome } = await carried(like, { answers: [failure], patience })
  expect(outcome).toMatchObject({ status: failure.statusCode, isTemporary: true })
  expect(outcome.poison).toBeUndefined()
})

test('a conflict is an answer', async () => {
  const { outcome } = await carried(like, { answers: [answer(409, '{"code":"conflict"}')] })
  expect(outcome).toEqual({ status: 409, body: { code: 'conflict' } })
})

test('an internal error is repeated five times, then it is poison', async () => {
  const { outcome, calls } = await carried(like, { answers: [answer(500, '{}')] })
  expect(outcome).toMatchObject({ status: 500, poison: expect.any(String) })
  expect(calls).toHaveLength(5)
})
