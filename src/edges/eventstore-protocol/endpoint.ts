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
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import { accessDenied } from './call-refused.ts'
import { knownCallers, type Authenticate, type Caller, type StandingOf } from './callers.ts'
import { clusterOfOne } from './gossip.ts'
import { defaultMaxAppendBytes, serveAppend, type AppendCall } from './serve-append.ts'
import { serveBatchAppend, type BatchAppendCall } from './serve-batch-append.ts'
import { serveRead, type ReadCall } from './serve-read.ts'
import { supportedMethods } from './server-features.ts'

// What goes wrong is thrown or told to `onError`; the library would print it besides.
setLogVerbosity(logVerbosity.NONE)

/** What is served, where, and to whom. */
export type EndpointOptions = {
  readonly log: Pick<
    EventLog,
    'append' | 'appendInOrder' | 'read' | 'readAll' | 'head' | 'subscribe' | 'dense'
  >
  /** Where to listen. Without `tls`, a loopback address. */
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  /** Whether those who may see everything may append: admins, or anybody on loopback without `tls`. */
  readonly writable: boolean
  /** The most that one append may weigh, in bytes of types, data and metadata. Default: 1 MiB, as in EventStoreDB. */
  readonly maxAppendBytes?: number
  /** A certificate and its key, in PEM. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
  /** Who may call; needed with `tls`. */
  readonly authenticate?: Authenticate
  /** Tells when a password that was right has to be checked again. */
  readonly standingOf?: StandingOf
  /**
   * An event as those see it who may not see everything. A stream whose events come under another name is not there for
   * them to be read by its own.
   */
  readonly masked: (event: RecordedEvent) => RecordedEvent
  /** Told of errors that nobody expected, and of those that subscriptions recover from. */
  readonly onError?: (error: unknown) => void
}

/** A running endpoint. */
export type Endpoint = {
  readonly port: number
  /** How clients reach it, `esdb://127.0.0.1:2113?tls=false`. */
  readonly url: string
  /** Ends subscriptions (clients are told to connect again) and lets go of the port within a second. */
  readonly close: () => Promise<void>
}

/** Who dies without a word is noticed within so many ms, and holds no more than so many calls open. */
const limits = (maxAppendBytes: number) => ({
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_concurrent_streams': 1_000,
  // An append comes event by event; its own limits tell clients more than this one does.
  'grpc.max_receive_message_length': 2 * maxAppendBytes + 16 * 1024 * 1024,
})

/** For so long may clients say goodbye, in ms. */
const farewell = 700

const callersOf = ({
  tls,
  authenticate,
  standingOf,
  writable,
}: EndpointOptions): ((metadata: Metadata, peer: string) => Promise<Caller>) => {
  if (!tls) return async () => ({ seesAll: writable, mayAppend: writable })
  if (!authenticate) throw new Error('An endpoint with a certificate needs to know who may call')
  return knownCallers(authenticate, { writable, ...(standingOf && { standingOf }) })
}

const listen = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  )

/**
 * Serves a log over the gRPC protocol of EventStoreDB, so that its clients in any language read, subscribe and, where
 * it is writable, append. Persistent subscriptions, users and projections are answered as not implemented.
 * @throws Error when it would serve others than this machine without a certificate, or cannot listen
 */
export const serveEventStore = async (options: EndpointOptions): Promise<Endpoint> => {
  const { log, host, port: wanted, tls, masked, onError = () => undefined } = options
  const { maxAppendBytes = defaultMaxAppendBytes } = options
  if (!tls && !isLoopback(host))
    throw new Error(
      `Without a certificate the EventStoreDB endpoint serves this machine only: listen on 127.0.0.1 instead of ${host}, or give a certificate and its key`,
    )
  const callers = callersOf(options)
  const callerOf = (call: Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer'>) =>
    callers(call.metadata, call.getPeer())
  const closing = new AbortController()
  const refuse = (_: unknown, answer: sendUnaryData<never>) =>
    answer(accessDenied('Streams are kept for good; nobody deletes here'))

  const answerRead = serveRead({ log, callerOf, masked, closing: closing.signal, onError })
  const answerAppend = serveAppend({
    log,
    callerOf,
    maxAppendBytes,
    closing: closing.signal,
    onError,
  })

  const answerBatchAppend = serveBatchAppend({
    log,
    callerOf,
    maxAppendBytes,
    closing: closing.signal,
    onError,
  })

  const server = new Server(limits(maxAppendBytes))
  const { read, ...others } = streams.StreamsService
  server.addService(
    // Answers come encoded: see event-message.ts.
    { ...others, read: { ...read, responseSerialize: (answer: Buffer) => answer } },
    {
      read: (call: ReadCall) => void answerRead(call),
      append: (call: AppendCall, answer: sendUnaryData<AppendResp>) =>
        void answerAppend(call, answer),
      batchAppend: (call: BatchAppendCall) => void answerBatchAppend(call),
      delete: refuse,
      tombstone: refuse,
    },
  )
  // These two tell nothing of what is recorded, and clients ask for them before they send credentials.
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<SupportedMethods>) =>
      answer(null, supportedMethods()),
  })
  const cluster = clusterOfOne()
  server.addService(gossip.GossipService, {
    read: (call: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>) =>
      answer(null, cluster(call.getHost())),
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
    close: async () => {
      closing.abort()
      const over = new AbortController()
      const goodbye = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      await Promise.race([
        goodbye,
        pause(farewell, undefined, { signal: over.signal }).catch(() => undefined),
      ])
      over.abort()
      server.forceShutdown()
    },
  }
}
