import { readFileSync } from 'node:fs'
import { discoverEndpoint } from '@eventstore/db-client/dist/Client/discovery.js'
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { credentials, Metadata, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js'
import { isOutage, leaderOf, Unreachable } from './eventstoredb-failures.ts'

/** The calls that EventStoreDB takes about streams. */
export type StreamsClient = InstanceType<typeof streams.StreamsClient>

/** A way to EventStoreDB that is opened when it is needed, and anew when it proved bad. */
export type Connection = {
  /** The present client. @throws Unreachable when no node of the cluster can be found, or the connection is closed */
  readonly client: () => Promise<StreamsClient>
  /** What goes with every call: who asks, and that only the leader may answer. */
  readonly metadata: () => Metadata
  /** Told of a failed call: after an outage, or where another node leads now, the next call gets another client. */
  readonly failed: (client: StreamsClient, error: unknown) => void
  /** Whether the last call that ended was answered. */
  readonly isUp: () => boolean
  readonly answered: () => void
  readonly close: () => void
}

type Settings = ReturnType<typeof parseConnectionString>
type Node = { readonly address: string; readonly port: number }

const secured = ({ tls, tlsCAFile, userKeyFile, userCertFile }: Settings): ChannelCredentials => {
  if (tls === false) return credentials.createInsecure()
  const read = (file: string | undefined) => (file === undefined ? null : readFileSync(file))
  return credentials.createSsl(read(tlsCAFile), read(userKeyFile), read(userCertFile))
}

const shut = () => new Unreachable('The connection to EventStoreDB is closed')

/** Never: what the connection string calls -1. */
const never = 2 ** 31 - 1

/**
 * The client's own channel would wait for up to two minutes before it tries a server again that was away for long, and
 * shares what it knows of a server with every other channel of the process; ours does neither.
 */
const optionsOf = ({ keepAliveInterval = 10_000, keepAliveTimeout = 10_000 }: Settings) =>
  ({
    'grpc.keepalive_time_ms': keepAliveInterval < 0 ? never : keepAliveInterval,
    'grpc.keepalive_timeout_ms': keepAliveTimeout < 0 ? never : keepAliveTimeout,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.use_local_subchannel_pool': 1,
    // The greatest event that EventStoreDB keeps, and some.
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  }) satisfies ChannelOptions

/**
 * Connects to EventStoreDB with its official client's own parts: its connection strings, its discovery of clusters and
 * its generated calls. Its facade is left aside: it cannot read `$all` through a filter, sends appends through a stream
 * that one process shares, and reads without a deadline.
 * @param url `esdb://name:password@host:2113?tls=true`, several hosts, or `esdb+discover://`
 * @throws Error when the URL cannot be understood, or names a file that is not there
 */
export const connect = (url: string): Connection => {
  const settings = parseConnectionString(url)
  const security = secured(settings)
  const options = optionsOf(settings)
  const { hosts, dnsDiscover, defaultCredentials, tls } = settings
  let opened: Promise<StreamsClient> | undefined
  let current: StreamsClient | undefined
  let next: Node | undefined
  let bad: Node | undefined
  let at: Node | undefined
  let up = false
  let closed = false

  const find = async (): Promise<Node> => {
    if (next) return next
    if (hosts.length === 1 && !dnsDiscover) return hosts[0]!
    const where = dnsDiscover ? { discover: hosts[0]! } : { endpoints: hosts }
    const { nodePreference, discoveryInterval, gossipTimeout } = settings
    return discoverEndpoint(
      {
        ...where,
        maxDiscoverAttempts: settings.maxDiscoverAttempts ?? 1,
        ...(nodePreference && { nodePreference }),
        ...(discoveryInterval && { discoveryInterval }),
        ...(gossipTimeout && { gossipTimeout }),
      },
      security,
      bad,
    ).catch((error: unknown) => {
      throw new Unreachable('No node of EventStoreDB answers', { cause: error })
    })
  }

  const open = async (): Promise<StreamsClient> => {
    const node = await find()
    if (closed) throw shut()
    next = undefined
    at = node
    current = new streams.StreamsClient(`${node.address}:${node.port}`, security, options)
    return current
  }

  return {
    client: () => {
      if (closed) return Promise.reject(shut())
      opened ??= open().catch((error: unknown) => {
        opened = undefined
        up = false
        throw error
      })
      return opened
    },
    metadata: () => {
      const metadata = new Metadata()
      metadata.add('connection-name', settings.connectionName ?? 'agora')
      metadata.add('requires-leader', 'true')
      // Never over an open line.
      if (defaultCredentials && tls !== false) {
        const { username, password } = defaultCredentials
        const basic = Buffer.from(`${username}:${password}`).toString('base64')
        metadata.add('authorization', `Basic ${basic}`)
      }
      return metadata
    },
    failed: (client, error) => {
      const leader = leaderOf(error)
      if (!leader && !isOutage(error)) return
      if (client !== current) return
      up = false
      next = leader
      bad = at
      opened = undefined
      current = undefined
      client.close()
    },
    isUp: () => up,
    answered: () => void (up = true),
    close: () => {
      closed = true
      up = false
      current?.close()
      current = undefined
      opened = undefined
    },
  }
}
