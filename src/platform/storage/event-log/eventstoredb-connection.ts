import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { Metadata } from '@grpc/grpc-js'
import { isOutage, leaderOf, Unreachable } from './eventstoredb-failures.ts'
import { nodesOf, type Node } from './eventstoredb-nodes.ts'

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

/** A URL that cannot be understood. The message does not repeat it: there may be a password in it. */
export class BadUrl extends Error {
  override name = 'BadUrl'
}

const settingsIn = (url: string) => {
  try {
    return parseConnectionString(url)
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    // The rest of its sentence, and its other fields, repeat the URL.
    const where = /at position.*$/.exec(said)?.[0] ?? 'expected esdb://name:password@host:2113'
    throw new BadUrl(`The URL of EventStoreDB cannot be understood: ${where}`)
  }
}

const shut = () => new Unreachable('The connection to EventStoreDB is closed')

/**
 * Connects to EventStoreDB with its official client's own parts: its connection strings, its discovery of clusters and
 * its generated calls. Its facade is left aside: it cannot read `$all` through a filter, sends appends through a stream
 * that one process shares, and reads without a deadline.
 * @param url `esdb://name:password@host:2113?tls=true`, several hosts, or `esdb+discover://`
 * @throws BadUrl when the URL cannot be understood
 * @throws Error when it names a file that is not there
 */
export const connect = (url: string): Connection => {
  const settings = settingsIn(url)
  const nodes = nodesOf(settings)
  const { defaultCredentials, tls } = settings
  let opened: Promise<StreamsClient> | undefined
  let current: StreamsClient | undefined
  let next: Node | undefined
  let bad: Node | undefined
  let at: Node | undefined
  let up = false
  let closed = false

  const open = async (): Promise<StreamsClient> => {
    const node = next ?? (await nodes.find(bad))
    if (closed) throw shut()
    next = undefined
    at = node
    current = new streams.StreamsClient(...nodes.wayTo(node))
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
