import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Server as Sockets } from 'socket.io'
import type { AnyChannel } from '../../serving/channel.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { turnedAway } from './admission.ts'
import { clusterAdapter } from './cluster-adapter.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { serveChannel } from './serve-channel.ts'

export type { RealtimeDependencies } from './dependencies.ts'

/** The most that one message may weigh, in bytes. */
const maxMessageBytes = 64 * 1024

/** How long a connection may take to enter a namespace, in ms. */
const entryWithin = 10_000

/** How long connections may take to end, in ms. */
const grace = 500

/** Joins names as `a, b or c`. */
const anyOf = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/**
 * Serves channels over Socket.IO, a namespace each. Each process sends to its own sockets (`local`), as all read the
 * same log; what is not in the log passes between the processes.
 * @param server accepts the connections; it is not closed here
 * @param channels the channels to serve, whatever their contexts
 * @param deps what serving them needs
 * @returns `close`, which ends all connections within a second; clients connect again by themselves, elsewhere
 */
export const attachSockets = (
  server: Server,
  channels: readonly AnyChannel[],
  deps: RealtimeDependencies,
): { readonly close: () => Promise<void> } => {
  const { corsOrigins, between } = deps
  const stop = new AbortController()
  const { signal } = stop
  const all = corsOrigins.includes('*')
  const sockets = new Sockets(server, {
    serveClient: false,
    adapter: clusterAdapter(between),
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: entryWithin,
    allowRequest: (_request, answer) => answer(signal.aborted ? 'Closing' : null, !signal.aborted),
    ...(corsOrigins.length > 0 && {
      cors: { origin: all ? '*' : [...corsOrigins], credentials: !all },
    }),
  })

  const known = channels.map(({ namespace }) => namespace)
  sockets.use((_socket, next) =>
    next(turnedAway('no_such_namespace', `Connect to ${anyOf.format(known)}.`)),
  )
  const { clock, executor, readModels, log, catalogue, feed, logger } = deps
  const ports: ChannelPorts = { clock, executor, readModels, log, catalogue, feed, logger }
  const followed = channels.flatMap((channel) =>
    serveChannel(sockets.of(channel.namespace), channel, ports, deps, signal),
  )
  const namespaces = ['/', ...known].map((name) => sockets.of(name))

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
      Promise.all([...followed.map(({ over }) => over), ...upgraded.values()]),
      pause(grace, undefined, { signal: enough.signal }).catch(() => undefined),
    ])
    enough.abort()
    for (const connection of upgraded.keys()) connection.destroy()
  }
  let closing: Promise<void> | undefined
  return { close: () => (closing ??= close()) }
}
