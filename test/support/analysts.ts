import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { expect } from 'vitest'
import { newId, someMetadata } from '#kernel/testing'
import { NotificationId, OrderId, UserId } from '../../src/domains/shared/index.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { messagesOf, someUser, type SocketWorld } from './sockets.ts'

/** An event of a replay, as it is sent to a socket. */
export type EventMessage = {
  readonly replayId: string
  readonly event: { readonly position: string; type: string }
}
/** How far a replay is. */
export type Progress = {
  readonly position: string
  readonly events: number
  readonly paused: boolean
}
/** The message that a replay has ended. */
export type Done = { readonly outcome: string; readonly events: number; readonly position: string }

/** Records so many events of a stream of their own, `every` ms apart. */
export const fill = async (
  log: EventLog,
  count: number,
  every = 0,
  text = 'Hello',
): Promise<string> => {
  const stream = `notification-${newId(NotificationId)}`
  const since = Date.parse('2030-01-01T12:00:00Z')
  for (let n = 0; n < count; n += 1)
    await log.append(stream, 'any', [
      {
        eventId: randomUUID(),
        type: 'NotificationRequested',
        data: {
          userId: newId(UserId),
          channel: 'email',
          type: 'hello',
          subject: 'Hello',
          text,
          orderId: newId(OrderId),
        },
        metadata: someMetadata,
        at: new Date(since + n * every).toISOString(),
      },
    ])
  return stream
}

/** An analyst's socket. */
export const analyst = (world: SocketWorld, user = someUser(), options = {}): Socket =>
  world.connect('/analytics', world.tokenOf(user, 'analyst'), options)

/** All messages about replays that a socket gets. */
export const listening = (socket: Socket) => ({
  events: messagesOf<EventMessage>(socket, 'replay:event'),
  progress: messagesOf<Progress>(socket, 'replay:progress'),
  done: messagesOf<Done>(socket, 'replay:done'),
})

/** The positions of these events. */
export const positionsOf = (messages: readonly EventMessage[]) =>
  messages.map(({ event }) => Number(event.position))
/** Asserts that each event came once, in order. */
export const inOrder = (positions: readonly number[]) =>
  expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))

/** A client that reads nothing for a while, like one with a slow network. */
export const stalling = (socket: Socket) => {
  // Only tests need to reach into the connection.
  const { ws } = socket.io.engine.transport as unknown as {
    ws: { _socket: { pause(): void; resume(): void } }
  }
  return { pause: () => ws._socket.pause(), resume: () => ws._socket.resume() }
}
