import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { UserId } from '../../shared/index.ts'
import { follow, followIdOf, profile } from '../language.ts'
import { notifyOfFollow } from './notify-of-follows.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld({ contexts: ['profiles', 'notifications'] })
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

const pairOf = async (name: string) => {
  const [star, fan] = [await world.someone(`${name}-star`), await world.someone(`${name}-fan`)]
  const pair = { followerId: asId(UserId, fan.id), followeeId: asId(UserId, star.id) }
  for (const userId of Object.values(pair)) {
    const data = { userId, username: `user-${userId.slice(-8)}` }
    await world.deps.executor.execute(profile, userId, { type: 'CreateProfile', data }, origin())
  }
  const does = (type: 'FollowUser' | 'UnfollowUser' | 'RequestFollow' | 'AcceptFollow') => {
    const id = followIdOf(pair.followerId, pair.followeeId)
    return world.deps.executor.execute(follow, id, { type, data: pair }, origin())
  }
  const news = async (type: 'follow_requested' | 'follow_accepted' | 'followed') =>
    notifyOfFollow({ ...pair, type }, origin(), jobPorts(world))
  const typesOf = async (userId: string): Promise<readonly string[]> =>
    (await world.log.readAll({ limit: 10_000 })).events.flatMap(({ data }) => {
      const { userId: to, type } = data as { userId?: string; type?: string }
      return to === userId && type?.startsWith('follow') ? [type] : []
    })
  return { pair, does, news, toldStar: () => typesOf(star.id), toldFan: () => typesOf(fan.id) }
}

test('a follower is news once, while the follow stands', async () => {
  const { does, news, toldStar } = await pairOf('ann')
  await does('FollowUser')
  await does('UnfollowUser')
  await news('followed')
  expect(await toldStar()).toEqual([])
  await does('FollowUser')
  await news('followed')
  await news('followed')
  expect(await toldStar()).toEqual(['followed'])
})

test('a request is news to the followed user, consent to the follower, who is no further news', async () => {
  const { does, news, toldStar, toldFan } = await pairOf('bob')
  await does('RequestFollow')
  await news('follow_requested')
  await does('AcceptFollow')
  await news('followed')
  await news('follow_accepted')
  expect([await toldStar(), await toldFan()]).toEqual([['follow_requested'], ['follow_accepted']])
})

test('a user who has left is not notified', async () => {
  const { pair, does, news, toldStar } = await pairOf('eve')
  await does('FollowUser')
  const leave = { type: 'DeleteProfile' as const, data: {} }
  await world.deps.executor.execute(profile, pair.followeeId, leave, origin())
  await news('followed')
  expect(await toldStar()).toEqual([])
})
