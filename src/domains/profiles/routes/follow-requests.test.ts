import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { publish, setPrivacy } from '../../../../test/support/posting.ts'
import { UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'

let world: HttpWorld
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [shy, fan, eve]: Someone[] = []
let postId: string
let nth = 0
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  nth += 1
  shy = await world.someone(`shy${nth}`)
  fan = await world.someone(`fan${nth}`)
  eve = await world.someone(`eve${nth}`)
  postId = await publish(shy.call, { content: `Diary number${nth}` })
  await setPrivacy(shy.call, 'private')
})

const ask = async () => (await fan!.call('POST', `/users/${shy!.id}/follow`)).body.data
const requests = async (call: Call = shy!.call) => {
  await world.readModels.fold()
  return (await call('GET', '/users/me/follow-requests')).body.data
}
const reply = (how: 'accept' | 'decline', id = fan!.id, call: Call = shy!.call) =>
  call('POST', `/users/me/follow-requests/${id}/${how}`)
/** What a caller sees of the private user, each as seen or not. */
const sees = async ({ call }: Someone) => {
  await world.readModels.fold()
  const profile = (await call('GET', `/users/${shy!.id}`)).body.data
  const { hits } = (await call('GET', `/search/posts?q=number${nth}`)).body.data
  const { users } = (await call('GET', `/users/search?q=shy${nth}`)).body.data
  return {
    profile: profile.private === false,
    post: (await call('GET', `/posts/${postId}`)).status === 200,
    posts: (await call('GET', `/users/${shy!.id}/posts`)).status === 200,
    found: hits.length === 1,
    listed: users[0].private === false,
  }
}
const nothing = { profile: false, post: false, posts: false, found: false, listed: false }
const everything = { profile: true, post: true, posts: true, found: true, listed: true }

test('a private user is followed once they accept, and seen by accepted followers only', async () => {
  expect(await ask()).toMatchObject({ following: false, requested: true })
  expect(await ask()).toMatchObject({ following: false, requested: true })
  const list = await requests()
  expect(list).toMatchObject({ total: 1, requests: [{ id: fan!.id, at: expect.any(String) }] })
  expect(list.requests[0].user).toMatchObject({ userId: fan!.id, username: `fan${nth}` })
  expect(await sees(fan!)).toEqual(nothing)

  for (const _ of [1, 2]) {
    const { status, body } = await reply('accept')
    expect([status, body.data]).toEqual([200, { followerId: fan!.id, accepted: true }])
  }
  expect((await requests()).requests).toEqual([])
  expect(await ask()).toMatchObject({ following: true })
  expect(await sees(fan!)).toEqual(everything)
  expect(await sees(eve!)).toEqual(nothing)
  const { total } = (await shy!.call('GET', `/users/${shy!.id}/followers`)).body.data
  expect(total).toBe(1)

  await fan!.call('DELETE', `/users/${shy!.id}/follow`)
  expect(await sees(fan!)).toEqual(nothing)
  expect(await ask()).toMatchObject({ following: false, requested: true })
})

test('a follower from before the profile was private sees nothing until accepted', async () => {
  await setPrivacy(shy!.call, 'public')
  expect(await ask()).toMatchObject({ following: true })
  expect(await sees(fan!)).toEqual(everything)
  await setPrivacy(shy!.call, 'private')
  expect(await sees(fan!)).toEqual(nothing)
  expect(await ask()).toMatchObject({ following: true, requested: true })
  expect((await reply('accept')).status).toBe(200)
  expect(await sees(fan!)).toEqual(everything)
})

test('a declined request is gone, and may be sent again', async () => {
  await ask()
  const { status, body } = await reply('decline')
  expect([status, body.data]).toEqual([200, { followerId: fan!.id, accepted: false }])
  expect((await requests()).total).toBe(0)
  expect((await reply('accept')).status).toBe(404)
  expect((await reply('decline')).status).toBe(404)
  expect(await sees(fan!)).toEqual(nothing)
  await ask()
  expect((await requests()).total).toBe(1)
})

test('a request is answered by the asked user only, and while it is there', async () => {
  await ask()
  for (const how of ['accept', 'decline'] as const) {
    expect((await reply(how, fan!.id, eve!.call)).status).toBe(404)
    expect((await reply(how, shy!.id, fan!.call)).status).toBe(404)
    expect((await reply(how, fan!.id, world.anyone)).status).toBe(401)
    expect((await reply(how, randomUUID())).status).toBe(404)
    expect((await reply(how, 'x')).status).toBe(400)
  }
  expect((await world.anyone('GET', '/users/me/follow-requests')).status).toBe(401)
  expect((await requests(eve!.call)).total).toBe(0)
  await fan!.call('DELETE', `/users/${shy!.id}/follow`)
  expect((await requests()).total).toBe(0)
  expect((await reply('accept')).status).toBe(404)
})

test('a request is not accepted between users of whom one blocks the other', async () => {
  await ask()
  await fan!.call('POST', `/users/${shy!.id}/block`)
  expect((await reply('accept')).status).toBe(403)
  expect((await reply('decline')).status).toBe(200)
  expect((await fan!.call('POST', `/users/${shy!.id}/follow`)).status).toBe(403)
})

test('requests of a user who leaves are erased', async () => {
  await ask()
  await fan!.call('POST', `/users/${eve!.id}/follow`)
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  const erasing = { userId: asId(UserId, fan!.id), hastened: false, origin }
  const { executor, readModels, blobs } = world.deps
  expect((await erase(erasing, { executor, readModels, blobs })).counts).toEqual({
    follows: 1,
    followRequests: 1,
    blocks: 0,
  })
  expect((await requests()).total).toBe(0)
  expect((await erase(erasing, { executor, readModels, blobs })).counts).toMatchObject({
    follows: 0,
    followRequests: 0,
  })
})
