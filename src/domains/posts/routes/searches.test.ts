import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { faultOf, publish, setPrivacy } from '../../../../test/support/posting.ts'

let world: HttpWorld
let admin: Call
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [ada, bob, shy]: Someone[] = []
let ids: { red: string; blue: string; plain: string; hidden: string[] }
beforeAll(async () => {
  world = await httpWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  shy = await world.someone('shy')
  await setPrivacy(shy.call, 'followers')
  ids = {
    red: await publish(ada.call, { content: 'A red lantern #Light #Über' }),
    blue: await publish(ada.call, { content: 'Blue lanterns #lights' }),
    plain: await publish(bob.call, { content: 'Without light' }),
    hidden: [],
  }
  for (let nth = 0; nth < 5; nth += 1)
    ids.hidden.push(await publish(shy.call, { content: `Hidden lantern ${nth} #light` }))
})
afterAll(() => world[Symbol.asyncDispose]())

const found = async (call: Call, query: string, path = '/search/posts') => {
  await world.readModels.fold()
  const { status, body, text } = await call('GET', `${path}?${query}`)
  expect(status, text).toBe(200)
  return body.data
}
const idsOf = async (call: Call, query: string): Promise<readonly string[]> =>
  (await found(call, query)).hits.map(({ id }: { id: string }) => id)

describe('a search of posts', () => {
  test('finds words of the text, with highlights, as readers see the post', async () => {
    await bob!.call('POST', `/posts/${ids.red}/like`)
    const { hits, total } = await found(bob!.call, 'q=red+lantern')
    expect(total).toBe(1)
    expect(hits).toEqual([
      {
        id: ids.red,
        document: expect.objectContaining({
          id: ids.red,
          userId: ada!.id,
          author: { id: ada!.id, username: 'ada' },
          tags: ['light', 'über'],
          likeCount: 1,
          liked: true,
        }),
        highlights: [
          {
            field: 'content',
            ranges: [
              [2, 5],
              [6, 13],
            ],
          },
        ],
      },
    ])
    expect(new Set(await idsOf(bob!.call, 'q=lantern'))).toEqual(new Set([ids.red, ids.blue]))
    expect(await found(bob!.call, 'q=lantern&types=posts', '/search')).toMatchObject({
      posts: { total: 2 },
    })
  })

  test.each(['light', 'LIGHT', '%23Light', '%C3%BCber'])('finds a whole tag: %s', async (tag) =>
    expect(await idsOf(bob!.call, `tag=${tag}`)).toEqual([ids.red]),
  )

  test('of a tag and words finds posts with both; of an unknown tag, none', async () => {
    expect(await idsOf(bob!.call, 'tag=lights&q=blue')).toEqual([ids.blue])
    expect(await idsOf(bob!.call, 'tag=lights&q=red')).toEqual([])
    expect(await idsOf(bob!.call, 'tag=ligh')).toEqual([])
    expect(faultOf(await bob!.call('GET', '/search/posts?tag='))).toEqual([400, 'tag'])
    expect((await world.anyone('GET', '/search/posts?q=lantern')).status).toBe(401)
  })

  test('neither finds nor counts what the caller may not read, on any page', async () => {
    expect(await found(bob!.call, 'q=hidden')).toEqual({ hits: [], total: 0 })
    expect((await idsOf(shy!.call, 'q=hidden')).length).toBe(5)
    expect((await idsOf(admin, 'q=hidden')).length).toBe(5)
    const first = await found(bob!.call, 'q=lantern&limit=1')
    expect(first).toMatchObject({ hits: [expect.anything()], total: 2 })
    const next = await found(bob!.call, `q=lantern&limit=1&cursor=${first.nextCursor}`)
    const both = [first, next].flatMap(({ hits }) => hits.map(({ id }: { id: string }) => id))
    expect(new Set(both)).toEqual(new Set([ids.red, ids.blue]))

    await bob!.call('POST', `/users/${shy!.id}/follow`)
    expect((await idsOf(bob!.call, 'q=hidden')).length).toBe(5)
    await shy!.call('POST', `/users/${bob!.id}/block`)
    expect(await idsOf(bob!.call, 'q=hidden')).toEqual([])
    expect(await idsOf(shy!.call, 'q=without')).toEqual([])
    await setPrivacy(shy!.call, 'private')
    expect(await idsOf(ada!.call, 'q=hidden')).toEqual([])
    await setPrivacy(shy!.call, 'public')
    expect((await idsOf(ada!.call, 'q=hidden')).length).toBe(5)
    expect(await idsOf(bob!.call, 'q=hidden')).toEqual([])
  })

  test('finds an edited post by its new text only, and a deleted one not at all', async () => {
    const id = await publish(bob!.call, { content: 'Teapots' })
    expect(await idsOf(ada!.call, 'q=teapots')).toEqual([id])
    await bob!.call('PATCH', `/posts/${id}`, { content: 'Kettles' })
    expect(await idsOf(ada!.call, 'q=teapots')).toEqual([])
    expect(await idsOf(ada!.call, 'q=kettles')).toEqual([id])
    await bob!.call('DELETE', `/posts/${id}`)
    expect(await idsOf(ada!.call, 'q=kettles')).toEqual([])
  })
})
