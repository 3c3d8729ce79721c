import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { ownFile } from '../../../../test/support/own-file.ts'
import { until } from '../../../../test/support/until.ts'

let world: HttpWorld
type Someone = Awaited<ReturnType<HttpWorld['someone']>>

beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

let pairs = 0
/** Two users in a conversation. */
const pair = async () => {
  pairs += 1
  const [one, other] = [await world.someone(`one${pairs}`), await world.someone(`other${pairs}`)]
  const started = await one.call('POST', '/chat/conversations', { participantId: other.id })
  const id: string = started.body.data.id
  const path = `/chat/conversations/${id}/messages`
  const say = (from: Someone, body: object, headers = {}) => from.call('POST', path, body, headers)
  return { one, other, id, path, say }
}

describe('a message', () => {
  test('is answered with its place in the log, and listed', async () => {
    const { one, other, id, path, say } = await pair()
    const mediaIds = [await ownFile(world, one.id)]
    const { status, body } = await say(one, { text: 'Hello', mediaIds })
    expect(status).toBe(201)
    expect(body.data).toMatchObject({ conversationId: id, senderId: one.id, text: 'Hello' })
    expect(body.meta.position).toMatch(/^\d+$/)
    await world.readModels.fold()
    const list = await other.call('GET', path)
    expect(list.body.data).toEqual({
      messages: [{ ...body.data, position: body.meta.position }],
    })
  })

  test('has files of its sender only', async () => {
    const { one, other, say } = await pair()
    const [own, foreign] = [await ownFile(world, one.id), await ownFile(world, other.id)]
    for (const id of [foreign, randomUUID()]) {
      const { status, body } = await say(one, { mediaIds: [own, id] })
      expect([status, body.errors[0].field]).toEqual([404, 'mediaIds[1]'])
    }
  })

  test('is sent once under one key, and again under another', async () => {
    const { one, path, say } = await pair()
    const key = { 'idempotency-key': randomUUID() }
    const first = await say(one, { text: 'Once' }, key)
    const second = await say(one, { text: 'Once' }, key)
    expect(second.body).toEqual(first.body)
    await say(one, { text: 'Once' })
    await world.readModels.fold()
    expect((await one.call('GET', path)).body.data.messages).toHaveLength(2)
  })

  test('has a text of 4,000 characters at the most, files, or both', async () => {
    const { one, say } = await pair()
    const statusOf = async (body: object) => (await say(one, body)).status
    expect(await statusOf({ text: 'a'.repeat(4_000) })).toBe(201)
    expect(await statusOf({ mediaIds: [await ownFile(world, one.id)] })).toBe(201)
    const long = await say(one, { text: 'a'.repeat(4_001) })
    expect([long.status, long.body.errors[0].field]).toEqual([400, 'text'])
    expect(await statusOf({})).toBe(400)
    expect(await statusOf({ text: '' })).toBe(400)
    expect(await statusOf({ mediaIds: [] })).toBe(400)
    expect(await statusOf({ text: 'Hello', color: 'red' })).toBe(400)
  })

  test('is read in pages in both directions, complete and without repetition', async () => {
    const { one, other, path, say } = await pair()
    const texts = Array.from({ length: 23 }, (_, index) => `Message ${index}`)
    for (const text of texts) await say(one, { text })
    await world.readModels.fold()
    const all = async (sort: string) => {
      const found: string[] = []
      let cursor = ''
      do {
        const page = await other.call('GET', `${path}?limit=5&sort=${sort}${cursor}`)
        found.push(...page.body.data.messages.map(({ text }: { text: string }) => text))
        const { nextCursor } = page.body.data
        cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`
      } while (cursor)
      return found
    }
    expect(await all('sentAt')).toEqual(texts)
    expect(await all('-sentAt')).toEqual(texts.toReversed())
  })

  test('is edited and withdrawn by its author only', async () => {
    const { one, other, path, say } = await pair()
    const stranger = await world.someone(`stranger${pairs}`)
    const { id } = (await say(one, { text: 'Helo' })).body.data
    const message = `/chat/messages/${id}`
    expect((await other.call('PATCH', message, { text: 'Bye' })).status).toBe(403)
    expect((await other.call('DELETE', message)).status).toBe(403)
    expect((await stranger.call('PATCH', message, { text: 'Bye' })).status).toBe(404)
    expect((await stranger.call('DELETE', message)).status).toBe(404)
    expect((await one.call('PATCH', message, { text: 'Hello' })).status).toBe(200)
    await world.readModels.fold()
    expect((await other.call('GET', path)).body.data.messages).toMatchObject([{ text: 'Hello' }])
    expect((await one.call('DELETE', message)).status).toBe(200)
    await world.readModels.fold()
    const [withdrawn] = (await other.call('GET', path)).body.data.messages
    expect(withdrawn).toHaveProperty('withdrawnAt')
    expect(withdrawn).not.toHaveProperty('text')
    expect((await one.call('PATCH', message, { text: 'Hello' })).status).toBe(409)
  })

  test('is refused to both once one blocks the other', async () => {
    const { one, other, say } = await pair()
    const { id } = (await say(one, { text: 'Hello' })).body.data
    const message = `/chat/messages/${id}`
    await other.call('POST', `/users/${one.id}/block`)
    expect((await say(one, { text: 'Hello?' })).status).toBe(403)
    expect((await say(other, { text: 'No.' })).status).toBe(403)
    // A new text would be one more message.
    expect((await one.call('PATCH', message, { text: 'Hello??' })).status).toBe(403)
    expect((await one.call('DELETE', message)).status).toBe(200)
    await other.call('DELETE', `/users/${one.id}/block`)
    expect((await say(one, { text: 'Thanks' })).status).toBe(201)
  })

  test('is refused beyond the rate of its sender, and of nobody else', async () => {
    const { one, other, say } = await pair()
    // On a busy machine, a burst may take longer than the window of the limit.
    const refused = await until(
      async () => {
        const burst = Array.from({ length: 60 }, (_, index) => say(one, { text: `Spam ${index}` }))
        return (await Promise.all(burst)).filter(({ status }) => status !== 201)
      },
      ({ length }) => length > 0,
    )
    expect(refused[0]!.body).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(refused[0]!.headers['retry-after']).toBe('1')
    expect((await say(other, { text: 'Stop' })).status).toBe(201)
  })
})
