import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { expect } from 'vitest'
import { newId, someMetadata } from '#kernel/testing'
import { NotificationId, OrderId, UserId } from '../../src/domains/shared/index.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { heard, someUser, type SocketWorld } from './sockets.ts'

/** An event of a replay, as a socket is told it. */
export type Told = {
  readonly replayId: string
  readonly event: { readonly position: string; type: string }
}
/** How far a replay is. */
export type Progress = {
  readonly position: string
  readonly events: number
  readonly paused: boolean
}
/** That a replay is over. */
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

/** Everything that a socket is told of replays. */
export const listening = (socket: Socket) => ({
  events: heard<Told>(socket, 'replay:event'),
  progress: heard<Progress>(socket, 'replay:progress'),
  done: heard<Done>(socket, 'replay:done'),
})

/** Where in the log these were. */
export const positionsOf = (told: readonly Told[]) =>
  told.map(({ event }) => Number(event.position))
/** Each comes once, and after those before it. */
export const inOrder = (positions: readonly number[]) =>
  expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))

/** A client that takes nothing for a while, as if its network or its machine were slow. */
export const stalling = (socket: Socket) => {
  // Only tests need to reach into the connection.
  const { ws } = socket.io.engine.transport as unknown as {
    ws: { _socket: { pause(): void; resume(): void } }
  }
  return { pause: () => ws._socket.pause(), resume: () => ws._socket.resume() }
}
