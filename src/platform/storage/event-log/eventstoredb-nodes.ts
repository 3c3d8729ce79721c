import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { determineBestNode } from '@eventstore/db-client/dist/Client/discovery.js'
import type { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js'
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import { credentials, Metadata, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js'
import { Unreachable } from './eventstoredb-failures.ts'

/** A parsed connection string. */
export type Settings = ReturnType<typeof parseConnectionString>

/** Address of a server of the cluster. */
export type Node = { readonly address: string; readonly port: number }

/** Arguments of a gRPC client of a node. */
export type Channel = readonly [address: string, ChannelCredentials, ChannelOptions]

/** Value in ms for "never", which is -1 in the connection string. */
const never = 2 ** 31 - 1

/**
 * Returns the channels to nodes. The official client's channel would back off for up to two minutes after a long outage of a
 * server, and shares its state with every other channel of the process; this one does neither. Node does not accept an IP
 * address as the name of a TLS server; its certificate is verified all the same.
 */
const channelsOf = (settings: Settings): ((node: Node) => Channel) => {
  const { tls, tlsCAFile, userKeyFile, userCertFile } = settings
  const { keepAliveInterval = 10_000, keepAliveTimeout = 10_000 } = settings
  const read = (file: string | undefined) => (file === undefined ? null : readFileSync(file))
  const files = [read(tlsCAFile), read(userKeyFile), read(userCertFile)] as const
  const options: ChannelOptions = {
    'grpc.keepalive_time_ms': keepAliveInterval < 0 ? never : keepAliveInterval,
    'grpc.keepalive_timeout_ms': keepAliveTimeout < 0 ? never : keepAliveTimeout,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.use_local_subchannel_pool': 1,
    // The largest event that EventStoreDB stores, with a margin.
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  }
  return ({ address, port }) => {
    const target = `${address}:${port}`
    if (tls === false) return [target, credentials.createInsecure(), options]
    if (!isIP(address)) return [target, credentials.createSsl(...files), options]
    const verified = credentials.createSsl(...files, {
      checkServerIdentity: (_, certificate) => checkServerIdentity(address, certificate),
    })
    return [target, verified, { ...options, 'grpc.ssl_target_name_override': 'localhost' }]
  }
}

/** Queries a node for the members of its cluster. */
const clusterAt = (channel: Channel, timeoutMs: number): Promise<ClusterInfo> =>
  new Promise((resolve, reject) => {
    const client = new gossip.GossipClient(...channel)
    const options = { deadline: Date.now() + timeoutMs }
    client.read(new shared.Empty(), new Metadata(), options, (error, info) => {
      client.close()
      if (error) reject(error)
      else resolve(info)
    })
  })

/** Selects the node to connect to. */
export type Nodes = {
  readonly channelTo: (node: Node) => Channel
  /** Returns the only node, or the best of a cluster. @param bad is queried last @throws Unreachable when none answers */
  readonly find: (bad: Node | undefined) => Promise<Node>
}

const isSame = (a: Node, b: Node | undefined) => a.address === b?.address && a.port === b.port

/** The nodes of a connection string. @throws Error when it names a file that does not exist */
export const nodesOf = (settings: Settings): Nodes => {
  const { hosts, dnsDiscover, nodePreference = 'leader', gossipTimeout = 5 } = settings
  const channelTo = channelsOf(settings)

  const best = async (seed: Node): Promise<Node | undefined> => {
    const info = await clusterAt(channelTo(seed), gossipTimeout * 1_000)
    const members = info.getMembersList().map((member) => {
      const at = member.getHttpEndPoint()
      return {
        timeStamp: Number(member.getTimeStamp()),
        state: member.getState(),
        isAlive: member.getIsAlive(),
        ...(at && { httpEndpoint: { address: at.getAddress(), port: at.getPort() } }),
      }
    })
    return determineBestNode(nodePreference, members)
  }

  return {
    channelTo,
    find: async (bad) => {
      if (hosts.length === 1 && !dnsDiscover) return hosts[0]!
      const failures: unknown[] = []
      for (const seed of hosts.toSorted((a, b) => Number(isSame(a, bad)) - Number(isSame(b, bad))))
        try {
          const found = await best(seed)
          if (found) return found
        } catch (error) {
          failures.push(error)
        }
      throw new Unreachable('No node of EventStoreDB answers', {
        cause: new AggregateError(failures),
      })
    },
  }
}
