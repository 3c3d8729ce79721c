import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { faultOf, publish, setPrivacy } from '../../../../test/support/posting.ts'

let world: HttpWorld
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

let people = 0
/** Some people, each with a name of their own. */
const some = async <const N extends readonly unknown[]>(...names: N) => {
  const all: Someone[] = []
  for (const name of names) all.push(await world.someone(`${String(name)}${(people += 1)}`))
  return all as { [K in keyof N]: Someone }
}
const done = async (call: Call, method: 'POST' | 'DELETE', path: string) => {
  const { status, text, body } = await call(method, path)
  expect(status, text).toBeLessThan(300)
  return body
}
const follow = (call: Call, { id }: Someone) => done(call, 'POST', `/users/${id}/follow`)
const unfollow = (call: Call, { id }: Someone) => done(call, 'DELETE', `/users/${id}/follow`)
const feedOf = async (call: Call, query = '') => {
  await world.readModels.fold()
  const { status, text, body } = await call('GET', `/posts/feed${query}`)
  expect(status, text).toBe(200)
  return body.data
}
const idsOf = async (call: Call, query = ''): Promise<string[]> =>
  (await feedOf(call, query)).posts.map(({ id }: { id: string }) => id)

describe('a feed', () => {
  test('has the posts of followed authors and the own ones, the latest first', async () => {
    const [ada, bob, eve] = await some('ada', 'bob', 'eve')
    await follow(bob.call, ada)
    const first = await publish(ada.call, { content: 'First' })
    const own = await publish(bob.call)
    await publish(eve.call)
    const second = await publish(ada.call)
    expect(await feedOf(bob.call)).toMatchObject({
      posts: [
        { id: second },
        { id: own, author: { id: bob.id } },
        { id: first, postId: first, userId: ada.id, content: 'First', liked: false, likeCount: 0 },
      ],
      total: 3,
      page: 1,
      limit: 20,
    })
    expect(await idsOf(ada.call)).toEqual([second, first])
  })

  test('includes all events up to a position', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await follow(bob.call, ada)
    const { body } = await ada.call('POST', '/posts', { content: 'Now' })
    const { position } = body.meta
    const found = await bob.call('GET', `/posts/feed?minPosition=${position}`)
    expect(found.body.data.posts).toMatchObject([{ id: body.data.id }])
    expect(BigInt(found.body.meta.position)).toBeGreaterThanOrEqual(BigInt(position))
  })

  test('has the recent posts of an author who is followed, until the end of that', async () => {
    const [ada, bob] = await some('ada', 'bob')
    const post = await publish(ada.call)
    expect(await idsOf(bob.call)).toEqual([])
    await follow(bob.call, ada)
    expect(await idsOf(bob.call)).toEqual([post])
    await unfollow(bob.call, ada)
    expect(await idsOf(bob.call)).toEqual([])
  })

  test('has the edited text, and no deleted post', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await follow(bob.call, ada)
    const [edited, gone] = [await publish(ada.call), await publish(ada.call)]
    await ada.call('PATCH', `/posts/${edited}`, { content: 'Better' })
    await done(ada.call, 'DELETE', `/posts/${gone}`)
    expect((await feedOf(bob.call)).posts).toMatchObject([{ id: edited, content: 'Better' }])
  })
})

describe('a cursor', () => {
  test('goes on where a page has ended, whatever is posted meanwhile', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await follow(bob.call, ada)
    const posts: string[] = []
    for (let nth = 0; nth < 5; nth += 1) posts.unshift(await publish(nth % 2 ? bob.call : ada.call))
    const first = await feedOf(bob.call, '?limit=2')
    expect(first).toMatchObject({ total: 3, limit: 2 })
    await publish(ada.call)
    const second = await feedOf(bob.call, `?limit=2&cursor=${first.nextCursor}`)
    expect(second.total).toBe(5)
    const third = await feedOf(bob.call, `?limit=2&cursor=${second.nextCursor}`)
    expect(third.total).toBe(5)
    expect(third.nextCursor).toBeUndefined()
    const all = [first, second, third].flatMap((page) => page.posts)
    expect(all.map(({ id }) => id)).toEqual(posts)
  })

  test('of another reader, or a forged one, is refused', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await publish(ada.call)
    await publish(ada.call)
    const { nextCursor } = await feedOf(ada.call, '?limit=1')
    for (const cursor of [nextCursor, `${nextCursor}x`])
      expect(faultOf(await bob.call('GET', `/posts/feed?cursor=${cursor}`))).toEqual([
        400,
        'cursor',
      ])
  })

  test.each([
    'page=0',
    'page=51',
    'page=6&limit=100',
    'limit=0',
    'limit=101',
    'sort=createdAt',
    'minPosition=x',
  ])('and a query of %s is refused', async (query) => {
    const [ada] = await some('ada')
    const field = query.split('=')[0]
    expect(faultOf(await ada.call('GET', `/posts/feed?${query}`))).toEqual([400, field])
  })

  test('has pages beside it', async () => {
    const [ada] = await some('ada')
    const posts: string[] = []
    for (let nth = 0; nth < 3; nth += 1) posts.unshift(await publish(ada.call))
    expect(await idsOf(ada.call, '?limit=2&page=2')).toEqual(posts.slice(2))
    expect(await feedOf(ada.call, '?limit=2&page=3')).toMatchObject({ posts: [], total: 4 })
  })
})

describe('privacy', () => {
  test('of an author holds at once: followers, private, blocked', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await follow(bob.call, ada)
    const post = await publish(ada.call)
    await setPrivacy(ada.call, 'followers')
    expect(await idsOf(bob.call)).toEqual([post])
    await setPrivacy(ada.call, 'private')
    expect(await idsOf(bob.call)).toEqual([])
    await setPrivacy(ada.call, 'public')
    await done(ada.call, 'POST', `/users/${bob.id}/block`)
    expect(await idsOf(bob.call)).toEqual([])
  })

  test('of a private author ends with the acceptance of a request', async () => {
    const [ada, bob] = await some('ada', 'bob')
    await setPrivacy(ada.call, 'private')
    const post = await publish(ada.call)
    await bob.call('POST', `/users/${ada.id}/follow`)
    expect(await idsOf(bob.call)).toEqual([])
    await world.readModels.fold()
    const { body } = await ada.call('GET', '/users/me/follow-requests')
    const [{ id }] = body.data.requests
    await done(ada.call, 'POST', `/users/me/follow-requests/${id}/accept`)
    expect(await idsOf(bob.call)).toEqual([post])
  })

  test('leaves pages whole where single authors may not be read', async () => {
    const [ada, bob, eve] = await some('ada', 'bob', 'eve')
    await follow(bob.call, ada)
    await follow(bob.call, eve)
    const old = await publish(ada.call)
    for (let nth = 0; nth < 4; nth += 1) await publish(eve.call)
    await setPrivacy(eve.call, 'private')
    expect(await idsOf(bob.call, '?limit=1')).toEqual([old])
  })
})
