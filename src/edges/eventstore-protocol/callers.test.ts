import { Metadata } from '@grpc/grpc-js'
import { expect, test, vi } from 'vitest'
import { authenticatedCallers, cachedAuthentication, type Authenticate } from './callers.ts'

/** An `authenticate` whose calls the test resolves one by one. */
const heldAuthentication = () => {
  const waiting: ((answer: 'admin' | undefined) => void)[] = []
  const authenticate = vi.fn<Authenticate>(() => new Promise((resolve) => waiting.push(resolve)))
  return { waiting, authenticate }
}

test('verified credentials are cached for a minute', async () => {
  let now = 0
  const authenticate = vi.fn<Authenticate>(async () => 'admin')
  const check = cachedAuthentication(authenticate, { clock: () => now })
  expect([await check('ada', 'pw', '192.0.2.1'), await check('ada', 'pw', '192.0.2.1')]).toEqual([
    'admin',
    'admin',
  ])
  expect(authenticate).toHaveBeenCalledTimes(1)
  await check('ada', 'other', '192.0.2.1')
  expect(authenticate).toHaveBeenCalledTimes(2)
  now = 60_001
  await check('ada', 'pw', '192.0.2.1')
  expect(authenticate).toHaveBeenCalledTimes(3)
})

test('cached credentials are verified again when the account version changed', async () => {
  let version = 'before'
  const authenticate = vi.fn<Authenticate>(async () => (version === 'before' ? 'admin' : undefined))
  const check = cachedAuthentication(authenticate, { accountVersion: async () => version })
  expect(await check('ada', 'pw', '192.0.2.1')).toBe('admin')
  expect(await check('ada', 'pw', '192.0.2.1')).toBe('admin')
  version = 'after'
  expect(await check('ada', 'pw', '192.0.2.1')).toBeUndefined()
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('a failed authentication is not cached', async () => {
  const authenticate = vi.fn<Authenticate>(async () => undefined)
  const check = cachedAuthentication(authenticate)
  expect([await check('ada', 'pw', '192.0.2.1'), await check('ada', 'pw', '192.0.2.1')]).toEqual([
    undefined,
    undefined,
  ])
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('the cache key keeps name and password apart', async () => {
  const authenticate = vi.fn<Authenticate>(async () => 'admin')
  const check = cachedAuthentication(authenticate)
  await check('ada:x', 'y', '192.0.2.1')
  await check('ada', 'x:y', '192.0.2.1')
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('concurrent calls with the same credentials share one check', async () => {
  const { waiting, authenticate } = heldAuthentication()
  const check = cachedAuthentication(authenticate)
  const answers = Promise.all([check('ada', 'pw', '192.0.2.1'), check('ada', 'pw', '192.0.2.1')])
  waiting[0]!('admin')
  expect(await answers).toEqual(['admin', 'admin'])
  expect(authenticate).toHaveBeenCalledTimes(1)
})

test('two passwords are checked at once, and calls beyond the queue are rejected', async () => {
  const { waiting, authenticate } = heldAuthentication()
  const check = cachedAuthentication(authenticate)
  const guesses = Array.from({ length: 66 }, (_, index) => check('ada', String(index), '192.0.2.1'))
  expect(authenticate).toHaveBeenCalledTimes(2)
  await expect(check('ada', 'one more', '192.0.2.1')).rejects.toMatchObject({ code: 8 })
  for (let index = 0; index < 66; index += 1) {
    await expect.poll(() => waiting.length).toBeGreaterThan(index)
    waiting[index]!(undefined)
  }
  expect(new Set(await Promise.all(guesses))).toEqual(new Set([undefined]))
  const after = check('ada', 'pw', '192.0.2.1')
  await expect.poll(() => waiting.length).toBe(67)
  waiting[66]!('admin')
  expect(await after).toBe('admin')
})

test('a check that threw is repeated by the next call', async () => {
  const authenticate = vi
    .fn<Authenticate>()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue('admin')
  const check = cachedAuthentication(authenticate)
  await expect(check('ada', 'pw', '192.0.2.1')).rejects.toThrow('away')
  expect(await check('ada', 'pw', '192.0.2.1')).toBe('admin')
})

test.each([
  '',
  'Bearer abc',
  'Basic',
  'Basic !!',
  `Basic ${btoa('no colon')}`,
  `Basic ${btoa(':pw')}`,
])('the header "%s" is UNAUTHENTICATED', async (header) => {
  const metadata = new Metadata()
  if (header) metadata.set('authorization', header)
  const callerOf = authenticatedCallers(async () => 'admin', { writable: true })
  await expect(callerOf(metadata, '192.0.2.1:50312')).rejects.toMatchObject({ code: 16 })
})

test.each([
  ['192.0.2.1:50312', '192.0.2.1'],
  ['[2001:db8::7]:50312', '2001:db8::7'],
  ['2001:db8::7:50312', '2001:db8::7'],
])('the peer %s is authenticated with the address %s', async (peer, address) => {
  const authenticate = vi.fn<Authenticate>(async () => 'analyst')
  const metadata = new Metadata()
  metadata.set('authorization', `Basic ${btoa('ada:pw')}`)
  await authenticatedCallers(authenticate, { writable: true })(metadata, peer)
  expect(authenticate).toHaveBeenCalledWith('ada', 'pw', address)
})
