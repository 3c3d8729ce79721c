import { isIPv6 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js'
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { AppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js'
import type { RecordedEvent } from '#kernel'
import { isLoopback } from '../../platform/security/loopback.ts'
import type { ConsumerGroups } from '../../platform/messaging/consumer-groups/port.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import { accessDenied, refusalOf } from './call-refused.ts'
import {
  authenticatedCallers,
  type AccountVersion,
  type Authenticate,
  type Caller,
} from './callers.ts'
import { clusterOfOne } from './gossip.ts'
import type { Groups } from './persistent/group-operations.ts'
import { persistentGroups } from './persistent/groups.ts'
import { groupsDefinition, groupsService } from './persistent/serve-groups.ts'
import { defaultMaxAppendBytes, serveAppend, type AppendCall } from './serve-append.ts'
import { serveBatchAppend, type BatchAppendCall } from './serve-batch-append.ts'
import { serveRead, type ReadCall } from './serve-read.ts'
import { supportedMethods } from './server-features.ts'
import { withUnreadable } from './unreadable-request.ts'

// Errors are thrown or passed to `onError`; the library would print them as well.
setLogVerbosity(logVerbosity.NONE)

/** Options of the endpoint: the log, the address, permissions and limits. */
export type EndpointOptions = {
  readonly log: Pick<
    EventLog,
    'append' | 'appendInOrder' | 'read' | 'readAll' | 'head' | 'subscribe' | 'dense'
  >
  /** Address to listen on. Without `tls`, it must be a loopback address. */
  readonly host: string
  /** Port to listen on; 0 picks a free one. */
  readonly port: number
  /** Whether callers with full access may append: admins, or every caller on loopback without `tls`. */
  readonly writable: boolean
  /** Maximum size of one append, in bytes of types, data and metadata. Default: 1 MiB, as in EventStoreDB. */
  readonly maxAppendBytes?: number
  /** Certificate and its key, in PEM. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
  /** Authenticates callers; required with `tls`. */
  readonly authenticate?: Authenticate
  /** Version of an account's credentials; cached authentications of an earlier version are checked again. */
  readonly accountVersion?: AccountVersion
  /**
   * Masks an event for callers without full access. A stream whose name is masked cannot be read by its real name by
   * them.
   */
  readonly masked: (event: RecordedEvent) => RecordedEvent
  /** Store of the groups of persistent subscriptions; without it, they are not served. */
  readonly groups?: ConsumerGroups
  /** Called with unexpected errors, and with those that subscriptions recover from. */
  readonly onError?: (error: unknown) => void
  /** Monotonic, in ms; default: that of the process. */
  readonly now?: () => number
}

/** A running endpoint. */
export type Endpoint = {
  readonly port: number
  /** Connection string for clients, `esdb://127.0.0.1:2113?tls=false`. */
  readonly url: string
  /**
   * The side of the processes of persistent subscriptions: `lead` is to be called under the lease that all processes share.
   * Undefined where they are not served.
   */
  readonly groups?: Pick<Groups, 'lead' | 'checkReplays' | 'figures'>
  /** Ends subscriptions as UNAVAILABLE, so that clients reconnect, and releases the port within a second. */
  readonly close: () => Promise<void>
}

/** Limits of a connection: keepalive pings that detect dead clients (ms), concurrent calls, message size in bytes. */
const limits = (maxAppendBytes: number) => ({
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_concurrent_streams': 1_000,
  // An append arrives event by event; the error of its own limit is more specific than the one of this limit.
  'grpc.max_receive_message_length': 2 * maxAppendBytes + 16 * 1024 * 1024,
})

/** Maximum time that running calls have to end at shutdown, in ms. */
const shutdownMs = 700

const callersOf = ({
  tls,
  authenticate,
  accountVersion,
  writable,
}: EndpointOptions): ((metadata: Metadata, peer: string) => Promise<Caller>) => {
  if (!tls) return async () => ({ seesAll: writable, mayAppend: writable })
  if (!authenticate) throw new Error('An endpoint with a certificate needs authenticate')
  return authenticatedCallers(authenticate, { writable, ...(accountVersion && { accountVersion }) })
}

const listen = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  )

/**
 * Serves a log over the gRPC protocol of EventStoreDB, so that its clients in any language read, subscribe and, where
 * it is writable, append; and persistent subscriptions, given a store of their groups. Users and projections are answered
 * with UNIMPLEMENTED.
 * @throws Error when `host` is not a loopback address and there is no certificate, or when listening fails
 */
export const serveEventStore = async (options: EndpointOptions): Promise<Endpoint> => {
  const { log, host, port: wanted, tls, masked, onError = () => undefined } = options
  const { maxAppendBytes = defaultMaxAppendBytes, now = () => performance.now() } = options
  if (!tls && !isLoopback(host))
    throw new Error(
      `Without a certificate and its key, the EventStoreDB endpoint listens on loopback only: use 127.0.0.1 instead of ${host}`,
    )
  const callers = callersOf(options)
  const callerOf = (call: Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer'>) =>
    callers(call.metadata, call.getPeer())
  const closing = new AbortController()
  const refuse = (_: unknown, answer: sendUnaryData<never>) =>
    answer(accessDenied('Streams are never deleted'))

  const answerRead = serveRead({ log, callerOf, masked, closing: closing.signal, onError, now })
  const answerAppend = serveAppend({
    log,
    callerOf,
    maxAppendBytes,
    closing: closing.signal,
    onError,
    now,
  })

  const answerBatchAppend = serveBatchAppend({
    log,
    callerOf,
    maxAppendBytes,
    closing: closing.signal,
    onError,
    now,
  })

  const server = new Server(limits(maxAppendBytes))
  const { read, batchAppend, ...others } = streams.StreamsService
  server.addService(
    // Answers are encoded already: see event-message.ts.
    {
      ...others,
      batchAppend: withUnreadable(batchAppend),
      read: { ...read, responseSerialize: (answer: Buffer) => answer },
    },
    {
      read: (call: ReadCall) => void answerRead(call),
      append: (call: AppendCall, answer: sendUnaryData<AppendResp>) =>
        void answerAppend(call, answer),
      batchAppend: (call: BatchAppendCall) => void answerBatchAppend(call),
      delete: refuse,
      tombstone: refuse,
    },
  )
  const groups =
    options.groups && persistentGroups({ store: options.groups, log, masked, onError, now })
  if (groups)
    server.addService(
      groupsDefinition,
      groupsService({ groups, callerOf, closing: closing.signal, onError, now }),
    )
  // These two services reveal nothing of the log; clients call them before they send credentials.
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<SupportedMethods>) =>
      answer(null, supportedMethods(options.groups !== undefined)),
  })
  const cluster = clusterOfOne()
  server.addService(gossip.GossipService, {
    read: (call: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>) => {
      try {
        answer(null, cluster(call.getHost()))
      } catch (error) {
        answer(refusalOf(error, onError))
      }
    },
  })

  const address = isIPv6(host) ? `[${host}]` : host
  const port = await listen(
    server,
    `${address}:${wanted}`,
    tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure(),
  )
  return {
    port,
    url: `esdb://${address}:${port}?tls=${tls !== undefined}`,
    ...(groups && { groups }),
    close: async () => {
      closing.abort()
      const timer = new AbortController()
      const shutDown = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      await Promise.race([
        shutDown,
        pause(shutdownMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ])
      timer.abort()
      server.forceShutdown()
    },
  }
}
