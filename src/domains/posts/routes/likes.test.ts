import { randomUUID } from 'node:crypto'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { publish } from '../../../../test/support/posting.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { PostId, UserId } from '../../shared/index.ts'
import { like as likeDecider, likeIdOf } from '../like.ts'

let world: HttpWorld
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [ada, bob, eve]: Someone[] = []
let id: string
beforeAll(async () => {
  // The read models of these tests fold for one reader at a time.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn: ReadModels['get'] = (...wanted) => {
    const next = turn.then(() => world.readModels.get(...wanted))
    turn = next.catch(() => undefined)
    return next
  }
  const readModels: ReadModels = {
    get: inTurn,
    find: (...wanted) => world.readModels.find(...wanted),
    search: (...wanted) => world.readModels.search(...wanted),
    reach: (...wanted) => world.readModels.reach(...wanted),
  }
  // All of them are in progress at once.
  const loadLimits = { requests: 10_000, delay: 60_000, answer: 120_000 }
  world = await httpWorld({ readModels, config: { loadLimits } })
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  eve = await world.someone('eve')
})
afterAll(() => world[Symbol.asyncDispose]())

const like = async ({ call }: Someone, method: 'POST' | 'DELETE' = 'POST') => {
  const { status, body, text } = await call(method, `/posts/${id}/like`)
  expect(status, text).toBe(200)
  return body.data
}

/** A like without a request: so many requests would measure HTTP alone. */
const likedBy = async (userId: UserId): Promise<void> => {
  const data = { postId: Value.Parse(PostId, id), userId }
  const commandId = randomUUID()
  await world.deps.executor.execute(
    likeDecider,
    likeIdOf(data.postId, userId),
    { type: 'LikePost', data },
    { commandId, actorId: userId, correlationId: commandId },
  )
}

describe('a like', () => {
  beforeAll(async () => {
    id = await publish(ada!.call)
  })

  test('counts once, however often it is given and taken back', async () => {
    expect(await like(bob!)).toEqual({ liked: true, likeCount: 1 })
    expect(await like(bob!)).toEqual({ liked: true, likeCount: 1 })
    expect(await like(ada!)).toEqual({ liked: true, likeCount: 2 })
    expect(await like(bob!, 'DELETE')).toEqual({ liked: false, likeCount: 1 })
    expect(await like(bob!, 'DELETE')).toEqual({ liked: false, likeCount: 1 })
    expect(await like(eve!, 'DELETE')).toEqual({ liked: false, likeCount: 1 })
    expect(await like(bob!)).toEqual({ liked: true, likeCount: 2 })
    const seenBy = async ({ call }: Someone) => (await call('GET', `/posts/${id}`)).body.data
    expect(await seenBy(bob!)).toMatchObject({ liked: true, likeCount: 2 })
    expect(await seenBy(eve!)).toMatchObject({ liked: false, likeCount: 2 })
  })

  test('is no write to the stream of the post', async () => {
    const before = (await ada!.call('GET', `/posts/${id}`)).headers['etag']
    await like(eve!)
    await like(eve!, 'DELETE')
    const { status, text } = await ada!.call(
      'PATCH',
      `/posts/${id}`,
      { content: 'Not disturbed' },
      { 'if-match': String(before) },
    )
    expect(status, text).toBe(200)
  })

  test('needs a post that is there, and a token', async () => {
    const deleted = await publish(ada!.call)
    await bob!.call('POST', `/posts/${deleted}/like`)
    await ada!.call('DELETE', `/posts/${deleted}`)
    for (const one of [deleted, randomUUID()])
      for (const method of ['POST', 'DELETE'] as const)
        expect((await bob!.call(method, `/posts/${one}/like`)).status).toBe(404)
    expect((await bob!.call('POST', '/posts/x/like')).status).toBe(400)
    expect((await world.anyone('POST', `/posts/${id}/like`)).status).toBe(401)
    expect((await world.anyone('DELETE', `/posts/${id}/like`)).status).toBe(401)
  })
})

test('1,000 likes at once, and as many repeated ones, are exactly 1,000; the author edits meanwhile', async () => {
  id = await publish(ada!.call, { content: 'Famous' })
  const people = await Promise.all(
    Array.from({ length: 50 }, (_, nth) => world.someone(`fan-${nth}`)),
  )
  const others = Array.from({ length: 950 }, () => newId(UserId))
  const [first] = await Promise.all([
    Promise.all(people.map((one) => like(one))),
    Promise.all(people.toReversed().map((one) => like(one))),
    Promise.all(others.map(likedBy)),
    Promise.all(others.toReversed().map(likedBy)),
    ada!.call('PATCH', `/posts/${id}`, { content: 'Famous now' }),
  ])
  expect(first.filter(({ liked }) => liked)).toHaveLength(50)
  expect((await bob!.call('GET', `/posts/${id}`)).body.data).toMatchObject({
    content: 'Famous now',
    likeCount: 1_000,
  })
  const half = await Promise.all(people.slice(25).map((one) => like(one, 'DELETE')))
  expect(half.every(({ liked }) => !liked)).toBe(true)
  expect(await like(bob!)).toEqual({ liked: true, likeCount: 976 })
})
