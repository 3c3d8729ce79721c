import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../test/support/http.ts'
import { asId, derivedId } from '#kernel'
import { notification } from '../domains/notifications/index.ts'
import { follow, followIdOf, profile } from '../domains/profiles/index.ts'
import { NotificationId, UserId } from '../domains/shared/index.ts'
import { follows, notifications, profiles } from '../projections/index.ts'
import { forgetPerson } from './forget-person.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

test('a person is forgotten wherever they are known, however often that is asked for', async () => {
  const { readModels, deps, someone } = world
  const [gone, friend] = [await someone('gone'), await someone('friend')]
  const [userId, friendId] = [asId(UserId, gone.id), asId(UserId, friend.id)]
  const tell = (to: UserId, number: number) =>
    deps.executor.execute(
      notification,
      derivedId(NotificationId, to, String(number)),
      {
        type: 'RequestNotification',
        data: { userId: to, channel: 'in_app', type: 'news', subject: 'News', text: 'Some' },
      },
      origin(),
    )
  const meet = (followerId: UserId, followeeId: UserId) =>
    deps.executor.execute(
      follow,
      followIdOf(followerId, followeeId),
      { type: 'FollowUser', data: { followerId, followeeId } },
      origin(),
    )
  await tell(friendId, 0)
  // More than are looked up at once.
  for (let number = 0; number < 130; number += 1) {
    await tell(userId, number)
    await meet(derivedId(UserId, 'fan', String(number)), userId)
  }
  await meet(userId, friendId)
  await meet(derivedId(UserId, 'fan', '0'), friendId)
  await gone.call('DELETE', `/users/${gone.id}`)

  const { run } = forgetPerson(readModels, deps.executor)
  const once = origin()
  await run({ userId }, once)
  await run({ userId }, once)
  await run({ userId }, origin())

  const left = async (where: Record<string, string>) =>
    (await readModels.find(follows, { where })).total
  await readModels.fold()
  expect(await left({ followerId: userId })).toBe(0)
  expect(await left({ followeeId: userId })).toBe(0)
  expect(await left({ followeeId: friendId })).toBe(1)
  const told = async (to: string) =>
    (await readModels.find(notifications, { where: { userId: to } })).total
  expect([await told(gone.id), await told(friend.id)]).toEqual([0, 1])
  expect((await readModels.get(profiles, gone.id)).document).toBeUndefined()
  expect((await deps.executor.stateOf(profile, userId)).state).toEqual({
    status: 'deleted',
    forgotten: true,
  })
  const events = await deps.log.read(`profile-${gone.id}`, { from: 0, limit: 100 })
  expect(events.filter(({ type }) => type === 'UserForgotten')).toMatchObject([
    { data: { follows: 131, notifications: 130, addresses: 0 } },
  ])
})
