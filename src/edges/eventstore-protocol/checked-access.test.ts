import { Metadata } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { unauthenticated } from './call-refused.ts'
import { authenticatedCallers } from './callers.ts'
import { checkedAccess } from './checked-access.ts'

/** A call of an admin whose password is not verified any more, as others guess it. */
const guessedAdmin = async () => {
  const world = { now: 0, version: 'first', attempts: 0 }
  const callerOf = authenticatedCallers(async () => 'admin', {
    writable: true,
    accountVersion: async () => world.version,
  })
  const metadata = new Metadata()
  metadata.set('authorization', `Basic ${Buffer.from('ada:pw').toString('base64')}`)
  const check = checkedAccess({
    caller: await callerOf(metadata, '192.0.2.1:1'),
    authenticate: async () => {
      world.attempts += 1
      throw unauthenticated('That was tried too often')
    },
    now: () => world.now,
  })
  return { world, check }
}

test('a call goes on while the password of its unchanged account cannot be verified again', async () => {
  const { world, check } = await guessedAdmin()
  for (world.now = 60_000; world.now < 300_000; world.now += 60_000) await check()
  expect(world.attempts).toBe(0)
})

test('a call whose account has changed is authenticated again, at most once a minute', async () => {
  const { world, check } = await guessedAdmin()
  world.version = 'second'
  world.now = 59_999
  await check()
  world.now = 60_000
  await expect(check()).rejects.toMatchObject({ code: 16 })
  expect(world.attempts).toBe(1)
})
