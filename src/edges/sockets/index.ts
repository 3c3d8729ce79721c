import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Server as Sockets, type Socket } from 'socket.io'
import type { AnyChannel } from '../../serving/channel.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { rejection } from './admission.ts'
import { clusterAdapter } from './cluster-adapter.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { limitOutbox } from './flow-control.ts'
import { serveChannel } from './serve-channel.ts'

export type { RealtimeDependencies } from './dependencies.ts'

type Connection = Socket['conn']

/** Maximum size of a message, in bytes. */
const maxMessageBytes = 64 * 1024

/** Time in which a connection must enter a namespace, in ms. */
const connectTimeoutMs = 10_000

/** Time in which connections may close by themselves before they are destroyed, in ms. */
const closeTimeoutMs = 500

/** Joins names as `a, b or c`. */
const anyOf = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/**
 * Serves channels over Socket.IO, one namespace each. Each process sends to its own sockets (`local`), as all processes
 * read the same log; anything that is not in the log goes over the process bus.
 * @param server accepts the connections; stays open on `close`
 * @param channels the channels of all contexts
 * @param deps the ports that serving the channels needs
 * @returns `close`, which closes all connections within a second; clients reconnect by themselves to another process
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
  const known = channels.map(({ namespace }) => namespace)
  const sockets = new Sockets(server, {
    serveClient: false,
    adapter: clusterAdapter(between, ['/', ...known]),
    // Namespaces that do not exist are created to reject their sockets, and removed with them.
    cleanupEmptyChildNamespaces: true,
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: connectTimeoutMs,
    allowRequest: (_request, answer) => answer(signal.aborted ? 'Closing' : null, !signal.aborted),
    ...(corsOrigins.length > 0 && {
      cors: { origin: all ? '*' : [...corsOrigins], credentials: !all },
    }),
  })

  sockets.engine.on('connection', (connection: Connection) =>
    limitOutbox(connection, () =>
      deps.logger.warn({}, 'A client reads too slowly; its connection is closed'),
    ),
  )

  const reject = (_socket: unknown, next: (error: Error) => void) =>
    next(rejection('no_such_namespace', `Connect to ${anyOf.format(known)}.`))
  sockets.use(reject)
  sockets.of((_name, _auth, next) => next(null, true)).use(reject)
  const { clock, executor, readModels, counters, log, catalogue, feed, logger, apiUrl } = deps
  const { registry, lags } = deps
  const ports: ChannelPorts = {
    clock,
    executor,
    readModels,
    counters,
    log,
    catalogue,
    feed,
    logger,
    apiUrl,
    registry,
    lags,
  }
  const followed = channels.flatMap((channel) =>
    serveChannel(sockets.of(channel.namespace), channel, ports, deps, signal),
  )
  const namespaces = ['/', ...known].map((name) => sockets.of(name))

  // An HTTP server does not track upgraded connections, and its `close` would wait for them for ever.
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
    const settled = new AbortController()
    await Promise.race([
      Promise.all([...followed.map(({ over }) => over), ...upgraded.values()]),
      pause(closeTimeoutMs, undefined, { signal: settled.signal }).catch(() => undefined),
    ])
    settled.abort()
    for (const connection of upgraded.keys()) connection.destroy()
  }
  let closing: Promise<void> | undefined
  return { close: () => (closing ??= close()) }
}
