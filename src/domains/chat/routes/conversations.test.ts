import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gigStall } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'

let world: HttpWorld
type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let [ann, ben, eve]: Someone[] = []

beforeAll(async () => {
  world = await httpWorld()
  ann = await world.someone('ann')
  ben = await world.someone('ben')
  eve = await world.someone('eve')
})
afterAll(() => world[Symbol.asyncDispose]())

const start = (from: Someone, to: { readonly id: string }, about: object = {}) =>
  from.call('POST', '/chat/conversations', { participantId: to.id, ...about })
const say = (from: Someone, id: string, body: object = { text: 'Hello' }) =>
  from.call('POST', `/chat/conversations/${id}/messages`, body)
const listOf = async (someone: Someone) => {
  await world.readModels.fold()
  return (await someone.call('GET', '/chat/conversations')).body.data
}

describe('a conversation', () => {
  test('is started once, by whichever participant, and started by gig apart', async () => {
    const { seller, gigId } = await gigStall(world)
    const first = await start(ann!, seller)
    const second = await start(seller, ann!)
    const other = await start(ann!, seller, { gigId })
    expect([first.status, second.status, other.status]).toEqual([201, 200, 201])
    expect(second.body.data.id).toBe(first.body.data.id)
    expect(other.body.data.id).not.toBe(first.body.data.id)
    const types = ['ConversationStarted']
    const { events } = await world.log.readAll({ after: 0n, limit: 10_000, types })
    const about = events.find(({ stream }) => stream.endsWith(other.body.data.id))
    expect(about?.data).toMatchObject({ gigId, sellerId: seller.id, startedBy: ann!.id })
  })

  test('is one after twenty starts at once', async () => {
    const [one, other] = [await world.someone('racer'), await world.someone('rival')]
    const starts = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? start(one, other) : start(other, one),
    )
    const answers = await Promise.all(starts)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1)
    expect((await listOf(one)).total).toBe(1)
  })

  test('needs another, existing user, and an order of one of the two', async () => {
    const self = await start(ann!, ann!)
    expect([self.status, self.body.errors[0].field]).toEqual([400, 'participantId'])
    expect((await start(ann!, { id: randomUUID() })).status).toBe(404)
    expect((await start(ann!, ben!, { orderId: randomUUID() })).status).toBe(404)
    const { gigId } = await gigStall(world, 'ida')
    for (const unknown of [gigId, randomUUID()]) {
      const { status, body } = await start(ann!, ben!, { gigId: unknown })
      expect([status, body.errors[0].field]).toEqual([404, 'gigId'])
    }
  })

  test('is refused between users of whom one blocks the other, in the same words to both', async () => {
    const [one, other] = [await world.someone('blocker'), await world.someone('blocked')]
    await one.call('POST', `/users/${other.id}/block`)
    const answers = [await start(one, other), await start(other, one)]
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
    expect(answers[0]!.body.detail).toBe(answers[1]!.body.detail)
  })

  test('is listed with its last message and the unread ones, until they are read', async () => {
    const [one, other] = [await world.someone('writer'), await world.someone('reader')]
    const { id } = (await start(one, other)).body.data
    await say(one, id, { text: 'One' })
    await say(one, id, { text: 'Two' })
    expect(await listOf(other)).toMatchObject({
      total: 1,
      conversations: [
        {
          id,
          participant: { id: one.id, username: 'writer', hasLeft: false },
          unread: 2,
          lastMessage: { text: 'Two', senderId: one.id },
        },
      ],
    })
    expect((await listOf(one)).conversations[0]).toMatchObject({ unread: 0 })

    const read = await other.call('POST', `/chat/conversations/${id}/read`)
    expect([read.status, read.body.data]).toEqual([200, { id, unread: 0 }])
    expect((await listOf(other)).conversations[0]).toMatchObject({ unread: 0 })
    const seen = await listOf(one)
    expect(seen.conversations[0].participantReadUpTo).toBe(seen.conversations[0].lastMessage.sentAt)
  })

  test('is read by its participants alone, as the list has it', async () => {
    const { id } = (await start(ann!, ben!)).body.data
    await say(ann!, id, { text: 'For Ben' })
    const list = await listOf(ben!)
    const path = `/chat/conversations/${id}`
    const one = await ben!.call('GET', path)
    expect([one.status, one.body.data]).toEqual([
      200,
      list.conversations.find((shown: { readonly id: string }) => shown.id === id),
    ])
    const answers = [
      await eve!.call('GET', path),
      await eve!.call('GET', `/chat/conversations/${randomUUID()}`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1)
  })

  test('is not read, written to or marked by others', async () => {
    const { id } = (await start(ann!, ben!)).body.data
    const path = `/chat/conversations/${id}`
    // As of none: whoever knows two users would know the id of their conversation, and whether there is one.
    const none = `/chat/conversations/${randomUUID()}/messages`
    const answers = [
      await say(eve!, id),
      await eve!.call('POST', `${path}/read`),
      await eve!.call('GET', `${path}/messages`),
      await eve!.call('GET', none),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1)
    expect((await world.anyone('GET', `${path}/messages`)).status).toBe(401)
    expect((await say(eve!, randomUUID())).status).toBe(404)
  })

  test('with a user who has left is shown without a name, and takes no message', async () => {
    const [one, gone] = [await world.someone('stayer'), await world.someone('leaver')]
    const { id } = (await start(one, gone)).body.data
    await say(one, id)
    expect((await gone.call('DELETE', `/users/${gone.id}`)).status).toBe(202)
    expect((await say(one, id)).status).toBe(404)
    expect((await start(one, gone)).status).toBe(404)
    const { conversations } = await listOf(one)
    expect(conversations).toMatchObject([{ participant: { id: gone.id, hasLeft: true } }])
    expect(conversations[0].participant).not.toHaveProperty('username')
  })
})
