import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Server as Sockets } from 'socket.io'
import { turnedAway } from './admission.ts'
import { analyticsSockets } from './analytics.ts'
import { adapterBetween } from './between.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { inventorySockets } from './inventory.ts'
import { notificationSockets } from './notifications.ts'
import { orderSockets } from './orders.ts'

export type { RealtimeDependencies } from './dependencies.ts'

/** The most that one message may weigh, in bytes. */
const maxMessageBytes = 64 * 1024

/** How long a connection may take to enter a namespace, in ms. */
const entryWithin = 10_000

/** How long connections may take to end, in ms. */
const grace = 500

/**
 * Tells clients over Socket.IO what changes, once it is readable. Each process tells its own clients (`local`), as all
 * read the same log; what is not in the log passes between them.
 * @param server whose connections these are; it is not closed here
 * @param deps all that the sockets are handed
 * @returns `close`, which ends all connections within a second; clients connect again by themselves, elsewhere
 */
export const attachSockets = (
  server: Server,
  deps: RealtimeDependencies,
): { readonly close: () => Promise<void> } => {
  const { corsOrigins, between } = deps
  const stop = new AbortController()
  const { signal } = stop
  const all = corsOrigins.includes('*')
  const sockets = new Sockets(server, {
    serveClient: false,
    adapter: adapterBetween(between),
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: entryWithin,
    allowRequest: (_request, answer) => answer(signal.aborted ? 'Closing' : null, !signal.aborted),
    ...(corsOrigins.length > 0 && {
      cors: { origin: all ? '*' : [...corsOrigins], credentials: !all },
    }),
  })

  sockets.use((_socket, next) =>
    next(
      turnedAway(
        'no_such_namespace',
        'Connect to /orders, /notifications, /inventory or /analytics.',
      ),
    ),
  )
  const [orders, notifications] = [sockets.of('/orders'), sockets.of('/notifications')]
  const [inventory, analytics] = [sockets.of('/inventory'), sockets.of('/analytics')]
  const topics = [
    ...orderSockets(orders, deps, signal),
    ...notificationSockets(notifications, deps, signal),
    ...inventorySockets(inventory, deps, signal),
    analyticsSockets(analytics, deps, signal),
  ]
  const namespaces = [sockets.of('/'), orders, notifications, inventory, analytics]

  // The server itself forgets those that were upgraded, and would wait for them for ever.
  const upgraded = new Map<Duplex, Promise<void>>()
  server.on('upgrade', (_request, connection) => {
    const ended = new Promise<void>((resolve) => connection.once('close', () => resolve()))
    upgraded.set(connection, ended)
    void ended.then(() => upgraded.delete(connection))
  })

  const close = async (): Promise<void> => {
    stop.abort()
    sockets.engine.close()
    for (const { adapter } of namespaces) void adapter.close()
    const enough = new AbortController()
    await Promise.race([
      Promise.all([...topics.map(({ over }) => over), ...upgraded.values()]),
      pause(grace, undefined, { signal: enough.signal }).catch(() => undefined),
    ])
    enough.abort()
    for (const connection of upgraded.keys()) connection.destroy()
  }
  let closing: Promise<void> | undefined
  return { close: () => (closing ??= close()) }
}
