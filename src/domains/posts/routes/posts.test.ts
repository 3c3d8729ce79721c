import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { ownFile } from '../../../../test/support/own-file.ts'
import { faultOf, publish, remark, setPrivacy } from '../../../../test/support/posting.ts'

let world: HttpWorld
let admin: Call
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [ada, bob, eve]: Someone[] = []
beforeAll(async () => {
  world = await httpWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  eve = await world.someone('eve')
})
afterAll(() => world[Symbol.asyncDispose]())

const got = async (call: Call, path: string) => {
  await world.readModels.fold()
  const { status, body, text } = await call('GET', path)
  expect(status, text).toBe(200)
  return body.data
}
const mediaUrl = (id: string, part = '/content') => `/api/v1/media/${id}${part}`
/** Files of Ada's. */
const filesOf = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => ownFile(world, ada!.id, 'document')))
const ids = (count: number) => Array.from({ length: count }, () => randomUUID())

describe('a post', () => {
  test('is published with a text and files, and read with the names of its author', async () => {
    const [first, second, third] = (await filesOf(3)) as [string, string, string]
    const content = 'Das #Über-Licht, for @bob.'
    const body = {
      content,
      mediaIds: [first],
      mediaUrls: [mediaUrl(second), mediaUrl(first), mediaUrl(third.toUpperCase(), '')],
    }
    const posted = await ada!.call('POST', '/posts', body)
    expect(posted.status, posted.text).toBe(201)
    const { id } = posted.body.data
    const said = {
      id,
      postId: id,
      userId: ada!.id,
      content,
      media: [first, second, third].map((one) => ({ id: one, url: mediaUrl(one) })),
      tags: ['über'],
      mentions: [{ userId: bob!.id, start: 21, end: 25 }],
      likeCount: 0,
      commentCount: 0,
      createdAt: expect.any(String),
    }
    expect(posted.body.data).toEqual(said)
    expect(posted.body.meta.position).toMatch(/^\d+$/)
    expect(posted.headers['location']).toContain(`/posts/${id}`)
    const author = { id: ada!.id, username: 'ada' }
    expect((await bob!.call('GET', `/posts/${id}`)).body.data).toMatchObject(said)
    expect(await got(bob!.call, `/posts/${id}`)).toEqual({ ...said, author, liked: false })
    expect(await got(bob!.call, `/users/${ada!.id}/posts`)).toMatchObject({
      posts: [{ ...said, author, liked: false }],
      total: 1,
    })
  })

  test('of files alone has an empty text', async () => {
    const [file] = await filesOf(1)
    const id = await publish(ada!.call, { mediaIds: [file] })
    expect(await got(bob!.call, `/posts/${id}`)).toMatchObject({
      content: '',
      media: [{ id: file }],
    })
  })

  test.each<[string, object, string]>([
    ['nothing', {}, 'content'],
    ['no files', { mediaIds: [] }, 'content'],
    ['an empty text', { content: '' }, 'content'],
    ['only spaces', { content: ' \n\t\u2003' }, 'content'],
    ['5,001 letters', { content: 'é'.repeat(5_001) }, 'content'],
    ['a text that turns its direction', { content: 'a\u202eb' }, 'content'],
    ['11 files', { mediaIds: ids(11) }, 'mediaIds'],
    ['11 addresses', { mediaUrls: ids(11).map((id) => mediaUrl(id)) }, 'mediaUrls'],
    [
      '11 files in both ways',
      { mediaIds: ids(6), mediaUrls: ids(5).map((id) => mediaUrl(id)) },
      'mediaUrls',
    ],
    ['a file twice', { mediaIds: Array(2).fill(randomUUID()) }, 'mediaIds'],
    ['no id', { mediaIds: ['x'] }, 'mediaIds[0]'],
    ['a foreign address', { mediaUrls: ['https://example.com/a.jpg'] }, 'mediaUrls[0]'],
    ['another path', { mediaUrls: ['/api/v1/users/me'] }, 'mediaUrls[0]'],
    [
      'a foreign host with our path',
      { mediaUrls: [`//evil.example${mediaUrl(randomUUID())}`] },
      'mediaUrls[0]',
    ],
    ['no id in an address', { mediaUrls: [mediaUrl('..')] }, 'mediaUrls[0]'],
    ['more behind an address', { mediaUrls: [mediaUrl(randomUUID(), '/x')] }, 'mediaUrls[0]'],
    ['an unknown field', { content: 'Hi', title: 'x' }, 'title'],
  ])('is not published with %s', async (_, body, field) =>
    expect(faultOf(await ada!.call('POST', '/posts', body))).toEqual([400, field]),
  )

  test('has up to 5,000 letters and 10 files', async () => {
    const [content, mediaIds] = ['é'.repeat(5_000), await filesOf(10)]
    const id = await publish(ada!.call, { content, mediaIds })
    expect(await got(bob!.call, `/posts/${id}`)).toMatchObject({
      content,
      media: mediaIds.map((one) => ({ id: one })),
    })
  })

  test('has no files of others, and none that are worked on', async () => {
    const [foreign] = await filesOf(1)
    const own = await ownFile(world, bob!.id)
    const asked = (mediaIds: unknown[]) => bob!.call('POST', '/posts', { content: 'x', mediaIds })
    expect(faultOf(await asked([own, foreign]))).toEqual([404, 'mediaIds[1]'])
    expect(faultOf(await asked([randomUUID()]))).toEqual([404, 'mediaIds[0]'])
    const processing = await ownFile(world, bob!.id, 'image', { processing: true })
    const early = await asked([processing])
    expect([...faultOf(early), early.body.code]).toEqual([409, 'mediaIds[0]', 'media_processing'])
    const id = await publish(bob!.call, { content: 'x' })
    const edited = await bob!.call('PATCH', `/posts/${id}`, { mediaIds: [foreign] })
    expect(faultOf(edited)).toEqual([404, 'mediaIds[0]'])
  })

  test('is published once by a repeated request', async () => {
    const keyed = { 'idempotency-key': randomUUID() }
    const send = () => ada!.call('POST', '/posts', { content: 'Once' }, keyed)
    const [first, second] = [await send(), await send()]
    expect(second.body.data.id).toBe(first.body.data.id)
  })

  test('is edited by its author, with a mark', async () => {
    const [file] = await filesOf(1)
    const id = await publish(ada!.call, { content: 'One #lamp' })
    const path = `/posts/${id}`
    await bob!.call('POST', `${path}/like`)
    await remark(bob!.call, id)
    await world.readModels.fold()
    const edited = await ada!.call('PATCH', path, { content: 'Two #chairs', mediaIds: [file] })
    expect(edited.status, edited.text).toBe(200)
    const now = {
      content: 'Two #chairs',
      tags: ['chairs'],
      media: [{ id: file }],
      likeCount: 1,
      commentCount: 1,
      editedAt: expect.any(String),
    }
    expect(edited.body.data).toMatchObject(now)
    expect(await got(bob!.call, path)).toMatchObject(now)

    expect((await ada!.call('PATCH', path, { content: null })).body.data).toMatchObject({
      content: '',
      tags: [],
      media: [{ id: file }],
    })
    expect(faultOf(await ada!.call('PATCH', path, { mediaIds: [] }))).toEqual([400, 'content'])
    for (const call of [bob!.call, admin])
      expect((await call('PATCH', path, { content: 'Mine' })).status).toBe(403)
    expect((await world.anyone('PATCH', path, { content: 'Mine' })).status).toBe(401)
    const stale = await ada!.call('PATCH', path, { content: 'Late' }, { 'if-match': '"0"' })
    expect(stale.status).toBe(412)
    expect(await got(bob!.call, path)).toMatchObject({ content: '', media: [{ id: file }] })
  })

  test('without a change has no mark', async () => {
    const id = await publish(ada!.call, { content: 'Same @bob' })
    const { body } = await ada!.call('PATCH', `/posts/${id}`, { content: 'Same @bob' })
    expect(body.data).not.toHaveProperty('editedAt')
    expect(body.data.mentions).toHaveLength(1)
  })

  test.each(['its author', 'an admin'])('is deleted by %s', async (whose) => {
    const id = await publish(ada!.call)
    const path = `/posts/${id}`
    expect((await bob!.call('DELETE', path)).status).toBe(403)
    expect((await world.anyone('DELETE', path)).status).toBe(401)
    const call = whose === 'an admin' ? admin : ada!.call
    for (const _ of [1, 2]) {
      const { status, body } = await call('DELETE', path)
      expect([status, body.data]).toEqual([200, { id, deleted: true }])
    }
    expect((await ada!.call('GET', path)).status).toBe(404)
    expect((await ada!.call('PATCH', path, { content: 'Back' })).status).toBe(404)
    const { posts } = await got(ada!.call, `/users/${ada!.id}/posts?limit=100`)
    expect(posts.map((one: { id: string }) => one.id)).not.toContain(id)
  })

  test('that never was is not found; without a token nothing is read or written', async () => {
    const path = `/posts/${randomUUID()}`
    expect((await ada!.call('GET', path)).status).toBe(404)
    expect((await ada!.call('DELETE', path)).status).toBe(404)
    expect((await ada!.call('GET', '/posts/x')).status).toBe(400)
    expect((await ada!.call('GET', `/users/${randomUUID()}/posts`)).status).toBe(404)
    for (const one of [path, `/users/${ada!.id}/posts`])
      expect((await world.anyone('GET', one)).status).toBe(401)
    expect((await world.anyone('POST', '/posts', { content: 'Hi' })).status).toBe(401)
  })
})

test('the overview of a user has the latest posts, unless a block hides them', async () => {
  const [ira, jon] = [await world.someone('ira'), await world.someone('jon')]
  const posts: string[] = []
  for (let nth = 0; nth < 6; nth += 1) {
    const { body } = await ira.call('POST', '/posts', { content: `Post ${nth}` })
    posts.unshift(body.data.id)
    // The list is sorted by their ages.
    while (Date.now() <= Date.parse(body.data.createdAt)) await nextTurn()
  }
  const { counts, latestPosts } = await got(jon.call, `/users/${ira.id}/overview`)
  expect(counts.posts).toBe(6)
  expect(latestPosts.map(({ id }: { id: string }) => id)).toEqual(posts.slice(0, 5))
  await ira.call('POST', `/users/${jon.id}/block`)
  const hidden = await got(jon.call, `/users/${ira.id}/overview`)
  expect(hidden.counts).not.toHaveProperty('posts')
  expect(hidden).not.toHaveProperty('latestPosts')
})

describe('mentions', () => {
  const mentioned = async (call: Call, content: string): Promise<readonly string[]> => {
    const { body, text } = await call('POST', '/posts', { content })
    expect(body.data, text).toBeDefined()
    return body.data.mentions.map(({ userId }: { userId: string }) => userId)
  }

  test('are of users that exist, in any case, with or without the full stop', async () => {
    expect(await mentioned(ada!.call, '@BOB, @nobody, @eve. and me@bob.org')).toEqual([
      bob!.id,
      eve!.id,
    ])
  })

  test('are not of users who may not read the post', async () => {
    const [shy, friend] = [await world.someone('shy'), await world.someone('friend')]
    await setPrivacy(shy.call, 'followers')
    await friend.call('POST', `/users/${shy.id}/follow`)
    expect(await mentioned(shy.call, '@friend @bob @shy')).toEqual([friend.id, shy.id])
    await shy.call('POST', `/users/${friend.id}/block`)
    expect(await mentioned(shy.call, '@friend')).toEqual([])
    expect(await mentioned(friend.call, '@shy')).toEqual([])
  })
})

describe('the privacy of an author', () => {
  let [author, follower]: Someone[] = []
  let id: string
  beforeAll(async () => {
    author = await world.someone('author')
    follower = await world.someone('follower')
    await follower.call('POST', `/users/${author.id}/follow`)
    id = await publish(author.call, { content: 'Secret plans' })
  })

  /** Statuses of everything that a caller may do with the post. */
  const statuses = async (call: Call) => ({
    read: (await call('GET', `/posts/${id}`)).status,
    list: (await call('GET', `/users/${author!.id}/posts`)).status,
    comments: (await call('GET', `/posts/${id}/comments`)).status,
    comment: (await call('POST', `/posts/${id}/comments`, { content: 'Hi' })).status,
    like: (await call('POST', `/posts/${id}/like`)).status,
    unlike: (await call('DELETE', `/posts/${id}/like`)).status,
    edit: (await call('PATCH', `/posts/${id}`, { content: 'Hi' })).status,
    delete: (await call('DELETE', `/posts/${id}`)).status,
  })
  const allowed = { read: 200, list: 200, comments: 200, comment: 201, like: 200, unlike: 200 }
  const open = { ...allowed, edit: 403, delete: 403 }
  const closed = {
    read: 404,
    list: 403,
    comments: 404,
    comment: 404,
    like: 404,
    unlike: 404,
    edit: 404,
    delete: 404,
  }
  const seen = async (call: Call) => {
    const {
      edit: _,
      delete: __,
      ...rest
    } = {
      ...(await statuses(async (method, path, body) =>
        method === 'PATCH' || (method === 'DELETE' && !path.endsWith('/like'))
          ? call('GET', '/users/me')
          : call(method, path, body),
      )),
    }
    return rest
  }

  test('public: everybody may read, comment and like', async () => {
    expect(await statuses(follower!.call)).toEqual(open)
    expect(await statuses(eve!.call)).toEqual(open)
  })

  test('followers: only they may, from now on', async () => {
    await setPrivacy(author!.call, 'followers')
    expect(await statuses(follower!.call)).toEqual(open)
    expect(await statuses(eve!.call)).toEqual(closed)
    expect(await seen(author!.call)).toEqual(allowed)
    expect(await seen(admin)).toEqual(allowed)
    await follower!.call('DELETE', `/users/${author!.id}/follow`)
    expect(await statuses(follower!.call)).toEqual(closed)
  })

  test('private: nobody but the author and admins', async () => {
    await setPrivacy(author!.call, 'private')
    await follower!.call('POST', `/users/${author!.id}/follow`)
    for (const { call } of [follower!, eve!]) expect(await statuses(call)).toEqual(closed)
    expect(await seen(author!.call)).toEqual(allowed)
    expect(await seen(admin)).toEqual(allowed)
  })

  test.each(['the author', 'the reader'])(
    'a block by %s hides both from each other',
    async (by) => {
      await setPrivacy(author!.call, 'public')
      const reader = await world.someone(by === 'the author' ? 'blocked' : 'blocker')
      expect(await statuses(reader.call)).toEqual(open)
      const [blocker, blocked] = by === 'the author' ? [author!, reader] : [reader, author!]
      await blocker.call('POST', `/users/${blocked.id}/block`)
      expect(await statuses(reader.call)).toEqual(closed)
      const own = await publish(reader.call)
      expect((await author!.call('GET', `/posts/${own}`)).status).toBe(404)
      await blocker.call('DELETE', `/users/${blocked.id}/block`)
      expect(await statuses(reader.call)).toEqual(open)
    },
  )

  test('a suspended author is read by admins only', async () => {
    const suspend = (suspended: boolean) =>
      admin('PATCH', `/admin/users/${author!.id}`, { suspended })
    await suspend(true)
    expect(await statuses(eve!.call)).toEqual(closed)
    expect((await admin('GET', `/posts/${id}`)).status).toBe(200)
    await suspend(false)
    expect(await statuses(eve!.call)).toEqual(open)
  })
})
