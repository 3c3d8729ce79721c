import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type { Member } from './world.ts'

/** A participant who is connected to `/chat` all the while, over every reconnection. */
export type Listener = {
  /** Ids of the messages in the order of their arrival. */
  readonly heard: readonly string[]
  readonly close: () => void
}

/** Time for an answer, in ms. */
const patience = 20_000

/**
 * Joins a conversation, and again with the position of the last message whenever the connection is lost.
 * @param urls the processes that are up
 */
export const listen = (
  member: Member,
  conversationId: string,
  urls: () => readonly string[],
): Listener => {
  const heard: string[] = []
  let last = '0'
  let isClosed = false
  let socket: Socket | undefined
  let turn = 0

  const connect = async (): Promise<void> => {
    const all = urls()
    turn += 1
    const url = all[turn % Math.max(1, all.length)]
    if (url === undefined) throw new Error('No process is up')
    const token = await member.token()
    const opened = io(`${url}/chat`, { auth: { token }, forceNew: true, reconnection: false })
    socket = opened
    const lost = new Promise<void>((resolve) => {
      opened.once('disconnect', () => resolve())
      opened.once('connect_error', () => resolve())
    })
    try {
      opened.on('message:new', ({ id, position }: { id: string; position: string }) => {
        heard.push(id)
        last = position
      })
      const ask = { conversationId, afterPosition: last }
      const joined = await opened.timeout(patience).emitWithAck('conversation:join', ask)
      if (joined.ok !== true) throw new Error(JSON.stringify(joined))
      await lost
    } finally {
      opened.disconnect()
    }
  }
  const run = async () => {
    while (!isClosed) {
      await connect().catch(() => undefined)
      await pause(200)
    }
  }
  void run()
  return {
    heard,
    close: () => {
      isClosed = true
      socket?.disconnect()
    },
  }
}
