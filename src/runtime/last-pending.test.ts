import { expect, test } from 'vitest'
import { lastPending } from './last-pending.ts'

test('a key has its last promise until that has settled, whatever becomes of earlier ones', async () => {
  const pending = lastPending<string>()
  expect(pending.of('a')).toBeUndefined()
  const [first, last] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  pending.set('a', first.promise)
  expect([pending.of('a'), pending.of('b')]).toEqual([first.promise, undefined])
  pending.set('a', last.promise)
  first.resolve('first')
  await first.promise
  expect(pending.of('a')).toBe(last.promise)
  last.resolve('last')
  await last.promise
  expect(pending.of('a')).toBeUndefined()
})

test('a promise that is rejected is removed, and stays the affair of its owner', async () => {
  const pending = lastPending<string>()
  const failed = Promise.reject<string>(new Error('failed'))
  pending.set('a', failed)
  expect(pending.of('a')).toBe(failed)
  await expect(failed).rejects.toThrow('failed')
  await new Promise(setImmediate)
  expect(pending.of('a')).toBeUndefined()
})
