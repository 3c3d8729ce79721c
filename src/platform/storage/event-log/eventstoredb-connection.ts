import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { Metadata } from '@grpc/grpc-js'
import { isOutage, leaderOf, Unreachable } from './eventstoredb-failures.ts'
import { nodesOf, type Node } from './eventstoredb-nodes.ts'

/** The client of EventStoreDB's service for streams. */
export type StreamsClient = InstanceType<typeof streams.StreamsClient>

/** A connection to EventStoreDB that is opened at the first use, and again after a failure. */
export type Connection = {
  /** Returns the present client. @throws Unreachable when no node of the cluster answers, or the connection is closed */
  readonly client: () => Promise<StreamsClient>
  /** Returns the metadata of every call: the credentials, and that only the leader may answer. */
  readonly metadata: () => Metadata
  /** Records a failed call: after an outage, or if another node leads, the next call gets another client. */
  readonly failed: (client: StreamsClient, error: unknown) => void
  /** Whether the last finished call was answered. */
  readonly isUp: () => boolean
  /** Records an answered call. */
  readonly answered: () => void
  readonly close: () => void
}

/** An invalid URL. The message does not repeat it, as it may contain a password. */
export class BadUrl extends Error {
  override name = 'BadUrl'
}

const settingsIn = (url: string) => {
  try {
    return parseConnectionString(url)
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    // The rest of the message, and the other fields of the error, repeat the URL.
    const where = /at position.*$/.exec(message)?.[0] ?? 'expected esdb://name:password@host:2113'
    throw new BadUrl(`The URL of EventStoreDB cannot be understood: ${where}`)
  }
}

const shut = () => new Unreachable('The connection to EventStoreDB is closed')

/**
 * Connects to EventStoreDB with parts of its official client: connection strings, discovery of clusters and generated calls. The
 * client's facade is not used: it cannot read `$all` with a filter, sends all appends of a process through one shared stream,
 * and reads without a deadline.
 * @param url `esdb://name:password@host:2113?tls=true`, several hosts, or `esdb+discover://`
 * @throws BadUrl when the URL is invalid
 * @throws Error when it names a file that does not exist
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
    current = new streams.StreamsClient(...nodes.channelTo(node))
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
      // Credentials are never sent over an unencrypted connection.
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
