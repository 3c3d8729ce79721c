import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { asId } from '#kernel'
import { UserId } from '../shared/index.ts'
import { erase } from './erase.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test('the messages and conversations of a user are erased, those of the other participant stay', async () => {
  const [gone, friend] = [await world.someone('gone'), await world.someone('friend')]
  const started = await gone.call('POST', '/chat/conversations', { participantId: friend.id })
  const path = `/chat/conversations/${started.body.data.id}/messages`
  await gone.call('POST', path, { text: 'My address is 1 Main Street' })
  await friend.call('POST', path, { text: 'Thank you' })

  const commandId = randomUUID()
  const erasing = {
    userId: asId(UserId, gone.id),
    hastened: false,
    origin: { commandId, actorId: 'test', correlationId: commandId },
  }
  const { executor, readModels, blobs } = world.deps
  const erased = await erase(erasing, { executor, readModels, blobs })
  expect(erased).toEqual({ awaited: 0, counts: { conversations: 1, messages: 1 } })
  await world.readModels.fold()
  const { messages } = (await friend.call('GET', path)).body.data
  expect(messages.map(({ text }: { text: string }) => text)).toEqual(['Thank you'])
  const list = async (call: typeof friend.call) =>
    (await call('GET', '/chat/conversations')).body.data.total
  expect([await list(gone.call), await list(friend.call)]).toEqual([0, 1])
  const again = await erase(erasing, { executor, readModels, blobs })
  expect(again.counts).toEqual({ conversations: 0, messages: 0 })
})
