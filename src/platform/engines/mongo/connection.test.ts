import { expect, test } from 'vitest'
import { MongoServerSelectionError } from 'mongodb'
import { Unavailable } from '../../unavailable.ts'
import { openMongo } from './connection.ts'

test('while MongoDB is away, one call a second tries and the others fail at once, until one is answered', async () => {
  let at = 0
  const changes: boolean[] = []
  await using connection = {
    ...openMongo('mongodb://127.0.0.1:1/agora', {
      now: () => at,
      onChange: (isUp) => void changes.push(isUp),
    }),
    [Symbol.asyncDispose]: () => connection.close(),
  }
  let tries = 0
  const fail = () =>
    connection.run(() => {
      tries += 1
      return Promise.reject(new MongoServerSelectionError('no server', {} as never))
    })
  await expect(fail()).rejects.toThrow(Unavailable)
  at += 999
  await expect(fail()).rejects.toThrow('tried again every second')
  expect([tries, connection.isUp()]).toEqual([1, false])
  at += 1
  const hung = Promise.withResolvers<string>()
  const attempt = connection.run(() => hung.promise)
  at += 5_000
  await expect(fail()).rejects.toThrow(Unavailable)
  expect(tries).toBe(1)
  hung.resolve('answer')
  expect(await attempt).toBe('answer')
  await expect(fail()).rejects.toThrow(Unavailable)
  expect(tries).toBe(2)
  at += 1_000
  await expect(connection.run(() => Promise.reject(new Error('a document')))).rejects.toThrow(
    'a document',
  )
  expect(connection.isUp()).toBe(true)
  expect(changes).toEqual([false, true, false, true])
})
