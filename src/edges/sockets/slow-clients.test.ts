import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { isRefusal } from '#kernel'
import { newId } from '#kernel/testing'
import { stalling } from '../../../test/support/analysts.ts'
import { letIn, messagesOf, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { conversation, conversationIdOf, message, MessageId } from '../../domains/chat/language.ts'

const patient = { timeout: 120_000 }
const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

test('a client that does not read what it is pushed is disconnected, and misses nothing', async () => {
  await using world = await socketWorld()
  const [ann, ben] = [someUser(), someUser()]
  const id = conversationIdOf(ann, ben, {})
  const data = { startedBy: ann, participantId: ben }
  await world.execute(conversation, id, { type: 'StartConversation', data }, origin())
  const socket = world.connect('/chat', world.tokenOf(ben), { transports: ['websocket'] })
  const heard = messagesOf<{ id: string; position: string }>(socket, 'message:new')
  let last: string | undefined
  const join = async () => {
    const after = heard.at(-1)?.position ?? last
    const asked = {
      conversationId: id,
      ...(after !== undefined && { afterPosition: after }),
    }
    const answer = await socket.emitWithAck('conversation:join', asked)
    last ??= answer.position
    return answer
  }
  await letIn(socket)
  expect(await join()).toMatchObject({ ok: true })

  const say = async (text: string): Promise<string> => {
    const sending = { conversationId: id, senderId: ann, recipientId: ben, text }
    const command = { type: 'SendMessage' as const, data: sending }
    const done = await world.execute(message, newId(MessageId), command, origin())
    if (isRefusal(done)) throw new Error(done.refused)
    return String(done.position)
  }

  const network = stalling(socket)
  network.pause()
  const isCutOff = () => world.written.some((line) => line.includes('reads too slowly'))
  let sent = 0
  for (; sent < 20_000 && !isCutOff(); sent += 1) {
    await say('x'.repeat(4_000))
    await nextTurn()
  }
  expect(isCutOff()).toBe(true)

  const back = new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  network.resume()
  await back
  const answer = await join()
  const position = await say('Last')
  await expect.poll(() => heard.at(-1)?.position, patient).toBe(position)
  // Either it was sent all of them, or it was referred to the history.
  expect(answer.skipped === true || heard.length === sent + 1).toBe(true)
  expect(new Set(heard.map((one) => one.id)).size).toBe(heard.length)
})
