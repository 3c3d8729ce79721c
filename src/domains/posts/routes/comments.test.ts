import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { faultOf, publish, remark } from '../../../../test/support/posting.ts'

let world: HttpWorld
let admin: Call
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [ada, bob, eve]: Someone[] = []
let id: string
beforeAll(async () => {
  world = await httpWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  eve = await world.someone('eve')
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  id = await publish(ada!.call)
})

const listed = async ({ call }: Pick<Someone, 'call'>, query = '?sort=createdAt') => {
  await world.readModels.fold()
  const { status, body, text } = await call('GET', `/posts/${id}/comments${query}`)
  expect(status, text).toBe(200)
  return body.data
}
const idsOf = ({ comments }: { comments: readonly { id: string }[] }) =>
  comments.map((one) => one.id)
const countOf = async () => {
  await world.readModels.fold()
  return (await ada!.call('GET', `/posts/${id}`)).body.data.commentCount
}

describe('a comment', () => {
  test('is written by a reader, and listed with its author and its answers', async () => {
    const path = `/posts/${id}/comments`
    const written = await bob!.call('POST', path, { content: 'Nice, @eve!' })
    expect(written.status, written.text).toBe(201)
    const first = written.body.data.id
    const said = {
      id: first,
      postId: id,
      userId: bob!.id,
      content: 'Nice, @eve!',
      mentions: [{ userId: eve!.id, start: 6, end: 10 }],
      createdAt: expect.any(String),
    }
    expect(written.body.data).toEqual(said)
    const answer = await remark(ada!.call, id, { content: 'Thanks', parentId: first })
    const list = await listed(eve!)
    expect(list.total).toBe(2)
    expect(list.comments).toHaveLength(2)
    expect(list.comments).toEqual(
      expect.arrayContaining([
        { ...said, author: { id: bob!.id, username: 'bob' }, answers: 1 },
        expect.objectContaining({ id: answer, parentId: first, content: 'Thanks', answers: 0 }),
      ]),
    )
    expect(idsOf(await listed(eve!, `?parentId=${first}`))).toEqual([answer])
    expect(await countOf()).toBe(2)
  })

  test.each<[string, object, string]>([
    ['nothing', {}, 'content'],
    ['an empty text', { content: '' }, 'content'],
    ['only spaces', { content: '  \n ' }, 'content'],
    ['2,001 letters', { content: 'é'.repeat(2_001) }, 'content'],
    ['a parent that is no id', { content: 'Hi', parentId: 'x' }, 'parentId'],
    ['a parent that is not there', { content: 'Hi', parentId: randomUUID() }, 'parentId'],
    ['a file', { content: 'Hi', mediaIds: [] }, 'mediaIds'],
  ])('is not written with %s', async (_, body, field) =>
    expect(faultOf(await bob!.call('POST', `/posts/${id}/comments`, body))).toEqual([400, field]),
  )

  test('has up to 2,000 letters', async () => {
    const content = 'é'.repeat(2_000)
    const one = await remark(bob!.call, id, { content })
    expect((await listed(eve!)).comments).toMatchObject([{ id: one, content }])
  })

  test('is answered on one level, on its own post, while it is there', async () => {
    const first = await remark(bob!.call, id)
    const answer = await remark(eve!.call, id, { parentId: first })
    const other = await publish(ada!.call)
    const gone = await remark(bob!.call, id)
    await bob!.call('DELETE', `/comments/${gone}`)
    for (const [postId, parentId] of [
      [id, answer],
      [other, first],
      [id, gone],
    ])
      expect(
        faultOf(await eve!.call('POST', `/posts/${postId}/comments`, { content: 'Hi', parentId })),
      ).toEqual([400, 'parentId'])
  })

  test('is not written on a post that was deleted or never was, nor without a token', async () => {
    const path = `/posts/${id}/comments`
    expect((await world.anyone('POST', path, { content: 'Hi' })).status).toBe(401)
    expect((await world.anyone('GET', path)).status).toBe(401)
    const one = await remark(bob!.call, id)
    await ada!.call('DELETE', `/posts/${id}`)
    for (const postId of [id, randomUUID()]) {
      const gone = `/posts/${postId}/comments`
      expect((await bob!.call('POST', gone, { content: 'Hi' })).status).toBe(404)
      expect((await bob!.call('GET', gone)).status).toBe(404)
    }
    expect((await bob!.call('DELETE', `/comments/${one}`)).status).toBe(200)
  })

  test.each(['its author', 'the author of the post', 'an admin'])(
    'is deleted by %s, and by nobody else',
    async (whose) => {
      const one = await remark(bob!.call, id)
      const path = `/comments/${one}`
      expect((await eve!.call('DELETE', path)).status).toBe(403)
      expect((await world.anyone('DELETE', path)).status).toBe(401)
      const call = { 'its author': bob!.call, 'an admin': admin }[whose] ?? ada!.call
      for (const _ of [1, 2]) {
        const { status, body } = await call('DELETE', path)
        expect([status, body.data]).toEqual([200, { id: one, deleted: true }])
      }
      expect(await listed(eve!)).toMatchObject({ comments: [], total: 0 })
      expect(await countOf()).toBe(0)
      expect((await eve!.call('DELETE', `/comments/${randomUUID()}`)).status).toBe(404)
    },
  )

  test('that is deleted leaves a place for its answers', async () => {
    const first = await remark(bob!.call, id, { content: 'Rude words' })
    const answer = await remark(eve!.call, id, { parentId: first })
    await bob!.call('DELETE', `/comments/${first}`)
    const list = await listed(ada!)
    expect(list.total).toBe(2)
    expect(JSON.stringify(list)).not.toContain('Rude')
    const place = list.comments.find((one: { id: string }) => one.id === first)
    expect(place).toMatchObject({ deleted: true, content: '', answers: 1 })
    expect(place).not.toHaveProperty('author')
    expect(await countOf()).toBe(1)
    await eve!.call('DELETE', `/comments/${answer}`)
    expect((await listed(ada!)).comments).toEqual([])
  })
})

test('users of whom one blocks the other do not see each other’s comments, nor answer them', async () => {
  const [one, other] = [await world.someone('one'), await world.someone('other')]
  const [ofOne, ofOther] = [await remark(one.call, id), await remark(other.call, id)]
  await one.call('POST', `/users/${other.id}/block`)
  expect(await listed(one)).toMatchObject({ comments: [{ id: ofOne }], total: 1 })
  expect(await listed(other)).toMatchObject({ comments: [{ id: ofOther }], total: 1 })
  expect((await listed(eve!)).total).toBe(2)
  expect((await listed({ call: admin })).total).toBe(2)
  const path = `/posts/${id}/comments`
  for (const [{ call }, parentId] of [
    [one, ofOther],
    [other, ofOne],
  ] as const)
    expect(faultOf(await call('POST', path, { content: 'Hi', parentId }))).toEqual([
      400,
      'parentId',
    ])
})
