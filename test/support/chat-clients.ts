import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { expect } from 'vitest'
import { letIn } from './sockets.ts'
import { until } from './until.ts'

/** A participant of a conversation, whose connection may be lost at any time. */
export type ChatClient = {
  /** Ids of the messages in the order they were received. */
  readonly heard: readonly string[]
  /** Ids of its own messages that were acknowledged. */
  readonly sent: readonly string[]
  /** Sends messages one after the other, each until it is acknowledged. */
  readonly talk: (count: number) => Promise<void>
  readonly close: () => void
}

/** Wait for an acknowledgement before a message is repeated, in ms. */
const patience = 5_000

/**
 * Connects to `/chat` and joins a conversation; when the connection is lost, connects to the next server and joins with the
 * position of its last message.
 * @param urls the servers, in the order they are tried
 */
export const chatClient = async (
  token: string,
  conversationId: string,
  urls: readonly string[],
): Promise<ChatClient> => {
  const heard: string[] = []
  const sent: string[] = []
  const sockets: Socket[] = []
  let last: string | undefined
  let isClosed = false

  const connect = async (tries: number): Promise<Socket> => {
    const url = urls[Math.min(tries, urls.length - 1)]!
    const socket = io(`${url}/chat`, { auth: { token }, forceNew: true, reconnection: false })
    sockets.push(socket)
    socket.on('message:new', ({ id, position }: { id: string; position: string }) => {
      heard.push(id)
      last = position
    })
    await letIn(socket)
    const after = last === undefined ? {} : { afterPosition: last }
    const joined = await socket.emitWithAck('conversation:join', { conversationId, ...after })
    expect(joined).toMatchObject({ ok: true })
    last ??= joined.position
    socket.once('disconnect', () => {
      if (!isClosed) current = connect(tries + 1)
    })
    return socket
  }
  let current = connect(0)
  await current

  const say = async (text: string): Promise<void> => {
    const ask = { conversationId, text, idempotencyKey: randomUUID() }
    for (;;) {
      const answer = await (
        await current
      )
        .timeout(patience)
        .emitWithAck('message:send', ask)
        .catch(() => undefined)
      if (answer?.ok) return void sent.push(answer.id)
      // The answer was lost with the connection, or a store was away for a moment.
      await pause(20)
    }
  }

  return {
    heard,
    sent,
    talk: async (count) => {
      for (let n = 0; n < count; n += 1) await say(`Message ${n}`)
    },
    close: () => {
      isClosed = true
      for (const socket of sockets) socket.disconnect()
    },
  }
}

/** Checks that both participants of a conversation received all messages of both, once and in the same order. */
export const expectWhole = async (one: ChatClient, other: ChatClient): Promise<void> => {
  const sent = new Set([...one.sent, ...other.sent])
  for (const { heard } of [one, other]) {
    await until(
      () => heard.length,
      (count) => count >= sent.size,
    )
    expect(heard).toHaveLength(sent.size)
    expect(new Set(heard)).toEqual(sent)
  }
  expect(one.heard).toEqual(other.heard)
}
