import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
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
  const doomed = await world.serveAgain()
  const talks = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const pair: readonly [UserId, UserId] = [someUser(), someUser()]
      for (const userId of pair) {
        const data = { userId, username: `user${userId.slice(0, 8)}` }
        await world.execute(profile, userId, { type: 'CreateProfile', data }, origin())
      }
      const [startedBy, participantId] = pair
      const id = conversationIdOf(startedBy, participantId, {})
      const data = { startedBy, participantId }
      await world.execute(conversation, id, { type: 'StartConversation', data }, origin())
      return { id, pair }
    }),
  )

  /** A client that connects again, elsewhere, and joins with the position of its last message. */
  const client = async (userId: UserId, conversationId: string) => {
    const heard: string[] = []
    const acknowledged: string[] = []
    let last: string | undefined
    let joined = Promise.resolve()
    const connect = async (at: string) => {
      const socket = world.connect('/chat', world.tokenOf(userId), { at, reconnection: false })
      socket.on('message:new', ({ id, position }: { id: string; position: string }) => {
        heard.push(id)
        last = position
      })
      await letIn(socket)
      const answer = await socket.emitWithAck('conversation:join', {
        conversationId,
        ...(last !== undefined && { afterPosition: last }),
      })
      last ??= answer.position
      return socket
    }
    let socket = await connect(doomed.url)
    const onGone = () => {
      joined = (async () => {
        socket = await connect(world.url)
      })()
    }
    socket.once('disconnect', onGone)
    /** Sends a message until it is acknowledged, once. */
    const say = async (text: string): Promise<void> => {
      const ask = { conversationId, text, idempotencyKey: randomUUID() }
      for (;;) {
        await joined
        const answer = await socket
          .timeout(1_000)
          .emitWithAck('message:send', ask)
          .catch(() => undefined)
        if (answer?.ok) return void acknowledged.push(answer.id)
        if (answer?.code === 'rate_limited' || !answer) await nextTurn()
        else throw new Error(JSON.stringify(answer))
      }
    }
    return { heard, acknowledged, say, joined: () => joined }
  }

  const clients = await Promise.all(
    talks.flatMap(({ id, pair }) => pair.map((userId) => client(userId, id))),
  )
  const speaking = clients.map(async ({ say }) => {
    for (let n = 0; n < 30; n += 1) {
      await say(`${n}`)
      await nextTurn()
    }
  })
  await expect.poll(() => clients[0]!.heard.length, patient).toBeGreaterThan(10)
  await doomed.close()
  await Promise.all(speaking)
  await Promise.all(clients.map(({ joined }) => joined()))

  for (const [index, { id }] of talks.entries()) {
    const [one, other] = [clients[2 * index]!, clients[2 * index + 1]!]
    const sent = new Set([...one.acknowledged, ...other.acknowledged])
    expect(sent.size, id).toBe(60)
    for (const { heard } of [one, other]) {
      await expect.poll(() => heard.length, patient).toBeGreaterThanOrEqual(60)
      expect(heard).toHaveLength(60)
      expect(new Set(heard)).toEqual(sent)
    }
    expect(one.heard).toEqual(other.heard)
  }
})
