import { expect, test } from 'vitest'
import { internalCalls, type InternalCall } from './internal-calls.ts'

const call: InternalCall = {
  audience: 'one',
  method: 'GET',
  url: '/api/v1/products?page=2',
  userId: 'ada',
  address: '10.0.0.1',
}

let now = 1_000_000
const clock = () => now
const ours = internalCalls(Buffer.alloc(32, 1), clock)

test('a token is valid for its call, in every process with the secret', () => {
  expect(internalCalls(Buffer.alloc(32, 1), clock).isGood(ours.tokenFor(call), call)).toBe(true)
})

test('a token is invalid for any other instance, method, path, query, user or address', () => {
  const token = ours.tokenFor(call)
  for (const [part, value] of Object.entries({
    audience: 'other',
    method: 'DELETE',
    url: '/api/v1/products?page=3',
    userId: 'bob',
    address: '10.0.0.2',
  }))
    expect(ours.isGood(token, { ...call, [part]: value }), part).toBe(false)
})

test('a token tells apart calls whose parts are divided differently', () => {
  const token = ours.tokenFor({ ...call, userId: 'ada1', address: '0' })
  expect(ours.isGood(token, { ...call, userId: 'ada', address: '10' })).toBe(false)
})

test('a token expires after half a minute, and its expiry cannot be changed', () => {
  const token = ours.tokenFor(call)
  now += 29_999
  expect(ours.isGood(token, call)).toBe(true)
  now += 1
  expect(ours.isGood(token, call)).toBe(false)
  const [, signature] = token.split('.')
  expect(ours.isGood(`${now + 10_000}.${signature}`, call)).toBe(false)
  const ahead = internalCalls(Buffer.alloc(32, 1), () => now + 3_600_000)
  expect(ours.isGood(ahead.tokenFor(call), call)).toBe(false)
})

test('the same call within 5 s has the same token, any other call another one', () => {
  const token = ours.tokenFor(call)
  now += 4_999
  expect(ours.tokenFor(call)).toBe(token)
  expect(ours.tokenFor({ ...call, userId: 'bob' })).not.toBe(token)
  now += 1
  const next = ours.tokenFor(call)
  expect(next).not.toBe(token)
  expect([ours.isGood(token, call), ours.isGood(next, call)]).toEqual([true, true])
})

test('a cached token is valid for its call alone, and until it expires', () => {
  const token = ours.tokenFor(call)
  const { isGood } = internalCalls(Buffer.alloc(32, 1), clock)
  expect(isGood(token, call)).toBe(true)
  expect(isGood(token, { ...call, method: 'DELETE' })).toBe(false)
  expect(isGood(token, call)).toBe(true)
  now += 30_000
  expect(isGood(token, call)).toBe(false)
})

test('malformed tokens and those of another secret are refused', () => {
  const foreign = internalCalls(Buffer.alloc(32, 2), clock).tokenFor(call)
  for (const token of ['', '.', 'x', `${now + 1_000}`, `${now + 1_000}.`, 'NaN.abc', foreign])
    expect(ours.isGood(token, call), token).toBe(false)
})
