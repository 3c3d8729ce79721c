import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isRefusal, streamOf, type CommandOf } from '#kernel'
import { newId, recorded } from '#kernel/testing'
import {
  letIn,
  messagesOf,
  someUser,
  socketWorld,
  type SocketWorld,
} from '../../../test/support/sockets.ts'
import { conversations, entryIdOf } from '../../projections/index.ts'
import { block, blockIdOf, profile } from '../profiles/language.ts'
import type { UserId } from '../shared/index.ts'
import { chatChannel } from './channel.ts'
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

/** Sends a command to a message past the sockets. @returns its position */
const tell = async (id: MessageId, command: CommandOf<typeof message>): Promise<string> => {
  const answer = await world.execute(message, id, command, origin())
  if (isRefusal(answer)) throw new Error(answer.refused)
  return String(answer.position)
}

/** Sends a message past the sockets. @returns its position */
const say = (
  { ann, ben, id }: Pair,
  text: string,
  messageId = newId(MessageId),
): Promise<string> => {
  const data = { conversationId: id, senderId: ann, recipientId: ben, text }
  return tell(messageId, { type: 'SendMessage', data })
}
const edit = ({ ann: senderId }: Pair, id: MessageId, text: string): Promise<string> =>
  tell(id, { type: 'EditMessage', data: { senderId, text } })
const withdraw = ({ ann: senderId }: Pair, id: MessageId): Promise<string> =>
  tell(id, { type: 'WithdrawMessage', data: { senderId } })

const blocks = (
  blockerId: UserId,
  blockedId: UserId,
  type: 'BlockUser' | 'UnblockUser' = 'BlockUser',
) =>
  world.execute(
    block,
    blockIdOf(blockerId, blockedId),
    { type, data: { blockerId, blockedId } },
    origin(),
  )

/** Collects what a socket is sent of a conversation, in order: the name, the text, and the position. */
const newsOf = (
  socket: Socket,
): (readonly [name: string, text: string | undefined, at: string])[] => {
  const news: (readonly [string, string | undefined, string])[] = []
  for (const name of ['message:new', 'message:edited', 'message:withdrawn'])
    socket.on(name, ({ text, position }: Told) => void news.push([name, text, position]))
  return news
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
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connect(talk.ben)))
    const heard = sockets.map((socket) => messagesOf<Told>(socket, 'message:new'))
    const first = await say(talk, '0')
    let stop = false
    let last = 0
    const talking = (async () => {
      // A socket that has missed more than 500 is referred to the history.
      while (!stop && last < 450) {
        await say(talk, String((last += 1)))
        await nextTurn()
      }
    })()
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

  test('is told once a second at the most that somebody types', async () => {
    const talk = await pair()
    const [ann, ben] = [await connect(talk.ann), await connect(talk.ben)]
    const [typing, heard] = [messagesOf(ann, 'typing'), messagesOf(ann, 'message:new')]
    for (const socket of [ann, ben]) await join(socket, talk.id)
    const asked = { conversationId: talk.id }
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => ben.emitWithAck('typing', asked)),
    )
    expect(answers).toEqual(answers.map(() => ({ ok: true })))
    // Sent after them.
    await ben.emitWithAck('message:send', { ...asked, text: 'Written' })
    await expect.poll(() => heard, patient).toHaveLength(1)
    expect(typing.length).toBeGreaterThan(0)
    expect(typing.length).toBeLessThan(200)
  })

  test('is sent edits and withdrawals', async () => {
    const talk = await pair()
    const ben = await connect(talk.ben)
    const news = newsOf(ben)
    await join(ben, talk.id)
    const id = newId(MessageId)
    const sent = await say(talk, 'Helo', id)
    await expect.poll(() => news, patient).toHaveLength(1)
    const edited = await edit(talk, id, 'Hello')
    await expect.poll(() => news, patient).toHaveLength(2)
    const withdrawn = await withdraw(talk, id)
    await expect
      .poll(() => news, patient)
      .toEqual([
        ['message:new', 'Helo', sent],
        ['message:edited', 'Hello', edited],
        ['message:withdrawn', undefined, withdrawn],
      ])
  })

  test('is sent the end of messages whose sender has left', async () => {
    const talk = await pair()
    const id = newId(MessageId)
    await say(talk, 'Farewell', id)
    const ben = await connect(talk.ben)
    const ended = messagesOf(ben, 'message:withdrawn')
    await join(ben, talk.id)
    const position = await tell(id, { type: 'ForgetMessage', data: {} })
    const { conversationId, senderId } = { conversationId: talk.id, senderId: talk.ann }
    await expect
      .poll(() => ended, patient)
      .toMatchObject([{ id, conversationId, senderId, position }])
  })

  test('is sent the edits and withdrawals that it has missed, in order with new messages', async () => {
    const talk = await pair()
    const [old, gone, young] = [newId(MessageId), newId(MessageId), newId(MessageId)]
    await say(talk, 'Old', old)
    await say(talk, 'Gone', gone)
    const last = await say(talk, 'Last')
    const edited = await edit(talk, old, 'Older')
    const sent = await say(talk, 'Yung', young)
    const withdrawn = await withdraw(talk, gone)
    const corrected = await edit(talk, young, 'Young')
    const ben = await connect(talk.ben)
    const news = newsOf(ben)
    expect(await join(ben, talk.id, last)).toEqual({ ok: true, position: last })
    const after = await say(talk, 'After')
    await expect
      .poll(() => news, patient)
      .toEqual([
        ['message:edited', 'Older', edited],
        ['message:new', 'Young', sent],
        ['message:withdrawn', undefined, withdrawn],
        ['message:edited', 'Young', corrected],
        ['message:new', 'After', after],
      ])
  })

  test('misses and doubles no change over several pages', async () => {
    const talk = await pair()
    const ids = Array.from({ length: 130 }, () => newId(MessageId))
    const first = await say(talk, 'first')
    for (const id of ids) await say(talk, 'Helo', id)
    const expected: string[] = []
    for (const id of ids) expected.push(await edit(talk, id, 'Hello'))
    const ben = await connect(talk.ben)
    const news = newsOf(ben)
    await join(ben, talk.id, first)
    await expect.poll(() => news.length, patient).toBeGreaterThanOrEqual(2 * ids.length)
    const positions = news.map(([, , at]) => Number(at))
    expect(positions).toEqual(positions.toSorted((one, other) => one - other))
    expect(new Set(positions).size).toBe(2 * ids.length)
    expect(news.flatMap(([name, , at]) => (name === 'message:edited' ? [at] : []))).toEqual(
      expected,
    )
  })

  test('is sent a mark as it was, though a later one that is hidden is in the document by now', async () => {
    const [early, late] = ['2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z']
    const [userId, otherId, conversationId] = [someUser(), someUser(), newId(ConversationId)]
    const marked = (upTo: string, hidden = {}) =>
      recorded(streamOf(conversation, conversationId), {
        type: 'MessagesRead',
        data: { userId, otherId, upTo, ...hidden },
      })
    const marks = chatChannel.topics.find(({ projection }) => projection === conversations)!
    const events = [marked(early), marked(late, { hidden: true })]
    const document = { conversationId, userId, readUpTo: late }
    const changes = { changes: [{ document, events }], gone: [], position: '0' }
    const sent = await marks.tells(changes as never, {} as never)
    expect(sent.map(({ to, payload }) => [to, payload])).toMatchObject([
      [`conversation:${conversationId}`, { upTo: early }],
      [expect.not.stringContaining(conversationId), { upTo: late }],
    ])
  })

  test.each([
    ['who blocks the reader', true],
    ['whom the reader blocks', false],
  ])('is not sent the marks of somebody %s', async (_, blocksReader) => {
    const talk = await pair()
    const { ann, ben, id: conversationId } = talk
    const [one, other] = blocksReader ? [ann, ben] : [ben, ann]
    const [annHears, benHears, benToo] = [
      await connect(ann),
      await connect(ben),
      await connect(ben),
    ]
    const names = ['message:read', 'message:delivered']
    const marksOf = (socket: Socket) => {
      const upTo: string[] = []
      for (const name of names)
        socket.on(name, (mark: { upTo: string }) => void upTo.push(`${name} ${mark.upTo}`))
      return upTo
    }
    const [annSees, benSees] = [marksOf(annHears), marksOf(benToo)]
    await blocks(one, other)
    await say(talk, 'Before the join')
    for (const socket of [annHears, benToo]) await join(socket, conversationId)
    // What was sent before the block is delivered to Ben and read by him during it.
    const heard = messagesOf<{ sentAt: string }>(benToo, 'message:new')
    await say(talk, 'Hello')
    const read = () => benHears.emitWithAck('message:read', { conversationId })
    await expect.poll(() => heard.length, patient).toBe(1)
    await expect.poll(() => benSees.length, patient).toBe(1)
    expect(await read()).toMatchObject({ ok: true })
    await expect.poll(() => benSees, patient).toContain(`message:read ${heard[0]?.sentAt}`)

    await blocks(one, other, 'UnblockUser')
    await say(talk, 'Again')
    await expect.poll(() => heard.length, patient).toBe(2)
    await expect.poll(read, patient).toMatchObject({ ok: true })
    await expect.poll(() => annSees, patient).toContain(`message:read ${heard[1]?.sentAt}`)
    expect(annSees.filter((mark) => mark.endsWith(`${heard[0]?.sentAt}`))).toEqual([])
    const entry = async (userId: UserId) =>
      (await world.readModels.get(conversations, entryIdOf(conversationId, userId))).document
    expect(await entry(ann)).toMatchObject({ otherReadUpTo: heard[1]?.sentAt })
  })

  test('is told nothing of somebody any more once one of the two blocks the other', async () => {
    const talk = await pair()
    const elsewhere = await world.serveAgain()
    const [ann, ben] = [await connect(talk.ann), await connect(talk.ben, elsewhere.url)]
    const [annSees, benSees] = [messagesOf(ann, 'presence'), messagesOf(ben, 'presence')]
    const typing = [messagesOf(ann, 'typing'), messagesOf(ben, 'typing')]
    await join(ann, talk.id)
    await join(ben, talk.id)
    await expect.poll(() => annSees.at(-1), patient).toMatchObject({ online: true })
    await expect.poll(() => benSees.at(-1), patient).toMatchObject({ online: true })
    await blocks(talk.ben, talk.ann)
    await expect.poll(() => annSees.at(-1), patient).toEqual({ userId: talk.ben, online: false })
    await expect.poll(() => benSees.at(-1), patient).toEqual({ userId: talk.ann, online: false })
    for (const socket of [ann, ben])
      expect(await socket.emitWithAck('typing', { conversationId: talk.id })).toMatchObject({
        ok: false,
        code: 'forbidden',
      })
    // Neither learns that the other comes back.
    const known = [annSees.length, benSees.length]
    const others = [await connect(talk.ann, elsewhere.url), await connect(talk.ben)]
    const again = others.map((socket) => messagesOf(socket, 'presence'))
    for (const socket of others) expect(await join(socket, talk.id)).toMatchObject({ ok: true })
    for (const socket of others) socket.disconnect()
    const carl = await member()
    const between = conversationIdOf(talk.ann, carl, {})
    const data = { startedBy: talk.ann, participantId: carl }
    await world.execute(conversation, between, { type: 'StartConversation', data }, origin())
    await join(ann, between)
    await expect.poll(() => annSees.at(-1), patient).toEqual({ userId: carl, online: false })
    expect([annSees.length, benSees.length]).toEqual([known[0]! + 1, known[1]])
    expect([...again.flat(), ...typing.flat()]).toEqual([])
    await elsewhere.close()
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
    const refused = { ok: false, code: 'not_found' }
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
    await blocks(ben, ann)
    expect(await send('Hello')).toMatchObject({ ok: false, code: 'forbidden' })
  })

  test('takes a repeated message once, and no flood', async () => {
    const talk = await pair()
    const ann = await connect(talk.ann)
    const ask = { conversationId: talk.id, text: 'Once', idempotencyKey: randomUUID() }
    const first = await ann.emitWithAck('message:send', ask)
    expect(await ann.emitWithAck('message:send', ask)).toEqual(first)
    const other = await ann.emitWithAck('message:send', { ...ask, text: 'Twice' })
    expect(other).toMatchObject({ ok: false, code: 'idempotency_key_reused' })
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

test('both participants are told of a new conversation on all their sockets, and nobody else', async () => {
  const [ann, ben, eve] = [await member(), await member(), await member()]
  const hear = async (user: UserId) => {
    const socket = world.connect('/chat', world.tokenOf(user))
    const told = messagesOf<{ conversationId: string; position: string }>(
      socket,
      'conversation:new',
    )
    await letIn(socket)
    return told
  }
  const heard = [await hear(ann), await hear(ben), await hear(ben)]
  const others = await hear(eve)
  const start = async (one: UserId, other: UserId) => {
    const id = conversationIdOf(one, other, {})
    const data = { startedBy: one, participantId: other }
    const command = { type: 'StartConversation' as const, data }
    const answer = await world.execute(conversation, id, command, origin())
    if (isRefusal(answer)) throw new Error(answer.refused)
    return { conversationId: id, position: String(answer.position) }
  }
  const begun = await start(ann, ben)
  for (const told of heard) await expect.poll(() => told, patient).toEqual([begun])
  const { document } = await world.readModels.get(
    conversations,
    entryIdOf(begun.conversationId, ben),
  )
  expect(document).toMatchObject({ otherId: ann })
  // To start what there is already is no news.
  await start(ann, ben)
  const next = await start(eve, ann)
  await expect.poll(() => others, patient).toEqual([next])
  await expect.poll(() => heard[0], patient).toEqual([begun, next])
  expect(heard[1]).toEqual([begun])
})

test('messages count as delivered once they have been sent, not as they are read', async () => {
  const { ann, ben, id } = await pair()
  const messageId = newId(MessageId)
  const sent = await say({ ann, ben, id }, 'Hello', messageId)
  const join = chatChannel.open ? undefined : chatChannel.client['conversation:join']
  const entry = join && 'enters' in join ? join.enters : undefined
  const executed = vi.fn<(type: string) => void>()
  const ports = {
    readModels: world.readModels,
    executor: {
      stateOf: async () => ({ state: { status: 'open', participants: [ann, ben] } }),
      basisOf: () => ({ state: { blocks: false } }),
      execute: (_: unknown, __: unknown, { type }: { type: string }) => {
        executed(type)
        return new Promise(() => undefined)
      },
    },
  }
  const caller = { id: ben, roles: [] }
  const range = { after: 0n, minPosition: BigInt(sent), limit: 10 }
  const missed = await entry?.missed?.(
    { conversationId: id } as never,
    { caller, ports, ...range } as never,
  )
  expect(missed?.messages).toHaveLength(1)
  expect(executed).not.toHaveBeenCalled()
  missed?.onSent?.()
  await expect.poll(() => executed.mock.calls, patient).toEqual([['MarkDelivered']])
})
