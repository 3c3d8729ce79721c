import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { chatClient, expectWhole } from '../../../test/support/chat-clients.ts'
import { someUser, socketWorld } from '../../../test/support/sockets.ts'
import { profile } from '../profiles/language.ts'
import type { UserId } from '../shared/index.ts'
import { conversation, conversationIdOf } from './language.ts'

const patient = { timeout: 120_000 }
const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

test('20 clients lose, double and reorder nothing while a server goes away in the middle of their talk', async () => {
  await using world = await socketWorld()
  await using stack = new AsyncDisposableStack()
  const doomed = await world.serveAgain()
  /** A conversation of two new users, with a client of each. */
  const talk = async () => {
    const pair: readonly [UserId, UserId] = [someUser(), someUser()]
    for (const userId of pair) {
      const data = { userId, username: `user${userId.slice(0, 8)}` }
      await world.execute(profile, userId, { type: 'CreateProfile', data }, origin())
    }
    const [startedBy, participantId] = pair
    const id = conversationIdOf(startedBy, participantId, {})
    const data = { startedBy, participantId }
    await world.execute(conversation, id, { type: 'StartConversation', data }, origin())
    const clients = await Promise.all(
      pair.map((userId) => chatClient(world.tokenOf(userId), id, [doomed.url, world.url])),
    )
    for (const { close } of clients) stack.defer(close)
    return clients
  }
  const talks = await Promise.all(Array.from({ length: 10 }, talk))
  const talking = talks.flat().map((client) => client.talk(30))
  await expect.poll(() => talks[0]![0]!.heard.length, patient).toBeGreaterThan(10)
  await doomed.close()
  await Promise.all(talking)
  for (const [one, other] of talks) await expectWhole(one!, other!)
})
