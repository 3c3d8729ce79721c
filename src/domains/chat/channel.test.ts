import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal } from '#kernel'
import { newId } from '#kernel/testing'
import {
  letIn,
  messagesOf,
  someUser,
  socketWorld,
  type SocketWorld,
} from '../../../test/support/sockets.ts'
import { block, blockIdOf, profile } from '../profiles/language.ts'
import type { UserId } from '../shared/index.ts'
import { conversation, ConversationId, conversationIdOf, message, MessageId } from './language.ts'

const patient = { timeout: 120_000 }
type Told = { readonly id: string; readonly text: string; readonly position: string }

let world: SocketWorld
beforeAll(async () => {
  world = await socketWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A user with a profile. */
const member = async (): Promise<UserId> => {
  const userId = someUser()
  const username = `user${userId.slice(0, 8)}`
  const command = { type: 'CreateProfile' as const, data: { userId, username } }
  await world.execute(profile, userId, command, origin())
  return userId
}

/** Two users in a conversation. */
const pair = async () => {
  const [ann, ben] = [await member(), await member()]
  const id = conversationIdOf(ann, ben, {})
  const data = { startedBy: ann, participantId: ben }
  await world.execute(conversation, id, { type: 'StartConversation', data }, origin())
  return { ann, ben, id }
}
type Pair = Awaited<ReturnType<typeof pair>>

/** Sends a message past the sockets. @returns its position */
const say = async ({ ann, ben, id }: Pair, text: string): Promise<string> => {
  const data = { conversationId: id, senderId: ann, recipientId: ben, text }
  const sent = { type: 'SendMessage' as const, data }
  const answer = await world.execute(message, newId(MessageId), sent, origin())
  if (isRefusal(answer)) throw new Error(answer.refused)
  return String(answer.position)
}

const connect = async (userId: UserId, at?: string): Promise<Socket> => {
  const socket = world.connect('/chat', world.tokenOf(userId), at === undefined ? {} : { at })
  await letIn(socket)
  return socket
}
const join = (socket: Socket, conversationId: string, afterPosition?: string) =>
  socket.emitWithAck('conversation:join', {
    conversationId,
    ...(afterPosition !== undefined && { afterPosition }),
  })

describe('a socket that has joined a conversation', () => {
  test('is sent its messages, and those of no other', async () => {
    const [talk, other] = [await pair(), await pair()]
    const [ann, ben] = [await connect(talk.ann), await connect(talk.ben)]
    const heard = messagesOf<Told>(ben, 'message:new')
    expect(await join(ben, talk.id)).toMatchObject({ ok: true, position: expect.any(String) })
    await say(other, 'Not for you')
    const sent = await ann.emitWithAck('message:send', { conversationId: talk.id, text: 'Hello' })
    expect(sent).toMatchObject({ ok: true })
    await expect.poll(() => heard, patient).toHaveLength(1)
    expect(heard[0]).toMatchObject({
      id: sent.id,
      conversationId: talk.id,
      senderId: talk.ann,
      text: 'Hello',
      position: sent.position,
    })
  })

  test('is sent each message after a position once and in order, then those that follow', async () => {
    const talk = await pair()
    const positions: string[] = []
    for (let n = 0; n < 150; n += 1) positions.push(await say(talk, `${n}`))
    const ben = await connect(talk.ben)
    const heard = messagesOf<Told>(ben, 'message:new')
    const answer = await join(ben, talk.id, positions[9])
    expect(answer).toEqual({ ok: true, position: positions[9] })
    for (let n = 150; n < 170; n += 1) positions.push(await say(talk, `${n}`))
    await expect.poll(() => heard.length, patient).toBeGreaterThanOrEqual(160)
    expect(heard.map(({ text }) => text)).toEqual(
      Array.from({ length: 160 }, (_, n) => String(n + 10)),
    )
    expect(heard.map(({ position }) => position)).toEqual(positions.slice(10))
  })

  test('loses and doubles nothing while it joins in the middle of traffic', async () => {
    const talk = await pair()
    const first = await say(talk, '0')
    let stop = false
    let last = 0
    const talking = (async () => {
      while (!stop) {
        await say(talk, String((last += 1)))
        await nextTurn()
      }
    })()
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connect(talk.ben)))
    const heard = sockets.map((socket) => messagesOf<Told>(socket, 'message:new'))
    for (const socket of sockets)
      expect(await join(socket, talk.id, first)).toMatchObject({ ok: true })
    await expect.poll(() => heard.at(-1)?.length, patient).toBeGreaterThan(20)
    stop = true
    await talking
    await expect.poll(() => heard.every((one) => one.length >= last), patient).toBe(true)
    const expected = Array.from({ length: last }, (_, n) => String(n + 1))
    for (const one of heard) expect(one.map(({ text }) => text)).toEqual(expected)
  })

  test('is referred to the history after a position of another log, and sent what follows', async () => {
    const talk = await pair()
    await say(talk, 'Before')
    const ben = await connect(talk.ben)
    const heard = messagesOf<Told>(ben, 'message:new')
    const answer = await join(ben, talk.id, '999999999')
    expect(answer).toMatchObject({ ok: true, skipped: true })
    expect(Number(answer.position)).toBeLessThan(999_999_999)
    await say(talk, 'After')
    await expect.poll(() => heard.map(({ text }) => text), patient).toEqual(['After'])
  })

  test('is referred to the history when it has missed too many', async () => {
    const talk = await pair()
    const first = await say(talk, 'first')
    for (let n = 0; n < 501; n += 1) await say(talk, `${n}`)
    const ben = await connect(talk.ben)
    const heard = messagesOf<Told>(ben, 'message:new')
    const answer = await join(ben, talk.id, first)
    expect(answer).toMatchObject({ ok: true, skipped: true })
    expect(BigInt(answer.position)).toBeGreaterThan(BigInt(first) + 500n)
    await say(talk, 'last')
    await expect.poll(() => heard.map(({ text }) => text), patient).toEqual(['last'])
  })

  test('is sent nothing more once it has left', async () => {
    const talk = await pair()
    const ben = await connect(talk.ben)
    const heard = messagesOf<Told>(ben, 'message:new')
    await join(ben, talk.id)
    expect(await ben.emitWithAck('conversation:leave', { conversationId: talk.id })).toEqual({
      ok: true,
    })
    const position = await say(talk, 'Gone?')
    expect(await join(ben, talk.id, position)).toMatchObject({ ok: true })
    await say(talk, 'Back')
    await expect.poll(() => heard.map(({ text }) => text), patient).toEqual(['Back'])
  })

  test('is told what was delivered and read, who types and who is there', async () => {
    const talk = await pair()
    const ann = await connect(talk.ann)
    const [delivered, read, typing, presence] = [
      'message:delivered',
      'message:read',
      'typing',
      'presence',
    ].map((name) => messagesOf(ann, name))
    await join(ann, talk.id)
    await expect.poll(() => presence, patient).toEqual([{ userId: talk.ben, online: false }])
    const ben = await connect(talk.ben)
    await join(ben, talk.id)
    await expect.poll(() => presence?.at(-1), patient).toEqual({ userId: talk.ben, online: true })
    await say(talk, 'Hello')
    const mark = { conversationId: talk.id, userId: talk.ben }
    await expect.poll(() => delivered, patient).toMatchObject([mark])
    expect(await ben.emitWithAck('typing', { conversationId: talk.id })).toEqual({ ok: true })
    await expect.poll(() => typing, patient).toEqual([mark])
    expect(await ben.emitWithAck('message:read', { conversationId: talk.id })).toMatchObject({
      ok: true,
    })
    await expect.poll(() => read, patient).toMatchObject([mark])
    ben.disconnect()
    await expect.poll(() => presence?.at(-1), patient).toEqual({ userId: talk.ben, online: false })
  })

  test('learns who is there and types in other processes, until these are gone', async () => {
    const talk = await pair()
    const elsewhere = await world.serveAgain()
    const ben = await connect(talk.ben, elsewhere.url)
    await join(ben, talk.id)
    const ann = await connect(talk.ann)
    const [presence, typing] = [messagesOf(ann, 'presence'), messagesOf(ann, 'typing')]
    await join(ann, talk.id)
    const isThere = (online: boolean) => ({ userId: talk.ben, online })
    await expect.poll(() => presence.at(-1), patient).toEqual(isThere(true))
    await ben.emitWithAck('typing', { conversationId: talk.id })
    await expect.poll(() => typing, patient).toHaveLength(1)
    await elsewhere.close()
    await expect.poll(() => presence.at(-1), patient).toEqual(isThere(false))
  })
})

describe('a conversation', () => {
  test('is not joined, written to, marked or typed into by others', async () => {
    const { id } = await pair()
    const eve = await connect(await member())
    const refused = { ok: false, code: 'forbidden' }
    expect(await join(eve, id)).toMatchObject(refused)
    expect(await join(eve, id, '0')).toMatchObject(refused)
    const spoken = await eve.emitWithAck('message:send', { conversationId: id, text: 'Hello' })
    expect(spoken).toMatchObject(refused)
    expect(await eve.emitWithAck('message:read', { conversationId: id })).toMatchObject(refused)
    expect(await eve.emitWithAck('typing', { conversationId: id })).toMatchObject({
      ok: false,
      code: 'not_joined',
    })
    expect(await join(eve, newId(ConversationId))).toMatchObject({ ok: false, code: 'not_found' })
  })

  test('takes no invalid message, and none to somebody who blocks its sender', async () => {
    const { ann, ben, id } = await pair()
    const socket = await connect(ann)
    const send = (text: string) => socket.emitWithAck('message:send', { conversationId: id, text })
    expect(await send('a'.repeat(4_001))).toMatchObject({ ok: false, code: 'invalid_request' })
    expect(await send('')).toMatchObject({ ok: false, code: 'invalid_request' })
    const data = { blockerId: ben, blockedId: ann }
    await world.execute(block, blockIdOf(ben, ann), { type: 'BlockUser', data }, origin())
    expect(await send('Hello')).toMatchObject({ ok: false, code: 'forbidden' })
  })

  test('takes a repeated message once, and no flood', async () => {
    const talk = await pair()
    const ann = await connect(talk.ann)
    const ask = { conversationId: talk.id, text: 'Once', idempotencyKey: randomUUID() }
    const first = await ann.emitWithAck('message:send', ask)
    expect(await ann.emitWithAck('message:send', ask)).toEqual(first)
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        ann.emitWithAck('message:send', { conversationId: talk.id, text: 'Spam' }),
      ),
    )
    expect(answers.filter(({ ok }) => !ok)[0]).toMatchObject({ code: 'rate_limited' })
    const ben = await connect(talk.ben)
    const calm = { conversationId: talk.id, text: 'Calm down' }
    expect(await ben.emitWithAck('message:send', calm)).toMatchObject({ ok: true })
  })
})
