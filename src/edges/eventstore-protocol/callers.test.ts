import { Metadata } from '@grpc/grpc-js'
import { expect, test, vi } from 'vitest'
import { knownCallers, sparingly, type Authenticate } from './callers.ts'

/** Passwords that are checked one by one, when the test says so. */
const held = () => {
  const waiting: ((answer: 'admin' | undefined) => void)[] = []
  const authenticate = vi.fn<Authenticate>(() => new Promise((resolve) => waiting.push(resolve)))
  return { waiting, authenticate }
}

test('who was right is not checked again for a minute', async () => {
  let now = 0
  const authenticate = vi.fn<Authenticate>(async () => 'admin')
  const check = sparingly(authenticate, { clock: () => now })
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

test('a password that was right is checked again once the account stands otherwise', async () => {
  let standing = 'before'
  const authenticate = vi.fn<Authenticate>(async () =>
    standing === 'before' ? 'admin' : undefined,
  )
  const check = sparingly(authenticate, { standingOf: async () => standing })
  expect(await check('ada', 'pw', '192.0.2.1')).toBe('admin')
  expect(await check('ada', 'pw', '192.0.2.1')).toBe('admin')
  standing = 'after'
  expect(await check('ada', 'pw', '192.0.2.1')).toBeUndefined()
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('who was wrong is checked again', async () => {
  const authenticate = vi.fn<Authenticate>(async () => undefined)
  const check = sparingly(authenticate)
  expect([await check('ada', 'pw', '192.0.2.1'), await check('ada', 'pw', '192.0.2.1')]).toEqual([
    undefined,
    undefined,
  ])
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('a name and a password do not run into each other', async () => {
  const authenticate = vi.fn<Authenticate>(async () => 'admin')
  const check = sparingly(authenticate)
  await check('ada:x', 'y', '192.0.2.1')
  await check('ada', 'x:y', '192.0.2.1')
  expect(authenticate).toHaveBeenCalledTimes(2)
})

test('who asks many times at once is checked once', async () => {
  const { waiting, authenticate } = held()
  const check = sparingly(authenticate)
  const answers = Promise.all([check('ada', 'pw', '192.0.2.1'), check('ada', 'pw', '192.0.2.1')])
  waiting[0]!('admin')
  expect(await answers).toEqual(['admin', 'admin'])
  expect(authenticate).toHaveBeenCalledTimes(1)
})

test('who guesses has two passwords checked at once, and too many are turned away', async () => {
  const { waiting, authenticate } = held()
  const check = sparingly(authenticate)
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

test('a check that fails is over', async () => {
  const authenticate = vi
    .fn<Authenticate>()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue('admin')
  const check = sparingly(authenticate)
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
])('the header "%s" names nobody', async (header) => {
  const metadata = new Metadata()
  if (header) metadata.set('authorization', header)
  const callerOf = knownCallers(async () => 'admin', { writable: true })
  await expect(callerOf(metadata, '192.0.2.1:50312')).rejects.toMatchObject({ code: 16 })
})

test.each([
  ['192.0.2.1:50312', '192.0.2.1'],
  ['[2001:db8::7]:50312', '2001:db8::7'],
  ['2001:db8::7:50312', '2001:db8::7'],
])('whoever checks a password is told that %s calls from %s', async (peer, address) => {
  const authenticate = vi.fn<Authenticate>(async () => 'analyst')
  const metadata = new Metadata()
  metadata.set('authorization', `Basic ${btoa('ada:pw')}`)
  await knownCallers(authenticate, { writable: true })(metadata, peer)
  expect(authenticate).toHaveBeenCalledWith('ada', 'pw', address)
})
