import { isIPv6 } from 'node:net'
import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import { Pool } from 'undici'
import type { AnyRoute, Rpc } from '../../serving/route.ts'
import { loadContracts } from './contracts.ts'
import { download } from './download.ts'
import { defaultFileLimits, fileStreams, type FileLimits } from './file-streams.ts'
import { standingCalls } from './standing-calls.ts'
import { statusErrors } from './status.ts'
import type { Doors } from './twin.ts'
import { unary } from './unary.ts'
import { upload } from './upload.ts'

// Errors are thrown or passed to `onError`; the library would print them as well.
setLogVerbosity(logVerbosity.NONE)

/** Options of gRPC: the routes with RPCs, the address, and the server of HTTP behind it. */
export type GrpcOptions = Omit<Doors, 'errorOf'> & {
  /** Routes that this process serves itself; those without RPCs are ignored. */
  readonly routes: readonly AnyRoute[]
  /** Address to listen on. */
  readonly host: string
  /** Port to listen on; 0 picks a free one. */
  readonly port: number
  /** Certificate and its key, in PEM. Default: without TLS. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined
  /** Limits of streams of files. Default: `defaultFileLimits` */
  readonly files?: FileLimits
}

/** A running server of gRPC. */
export type GrpcServer = {
  readonly port: number
  /** Reports NOT_SERVING, so that clients go elsewhere, while calls are still served. */
  readonly drain: () => void
  /** Ends the running calls within a grace period, and releases the port. */
  readonly close: () => Promise<void>
}

/** Maximum size of a message, in bytes: the default of gRPC's libraries. */
export const maxMessageBytes = 4 * 1024 * 1024

/** Limits of a connection: keepalive pings that detect dead clients (ms), concurrent calls, size of a message. */
const limits = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_concurrent_streams': 1_000,
  'grpc.max_receive_message_length': maxMessageBytes,
}

/** Time that running calls have to end at shutdown, in ms: as requests of HTTP have. */
const shutdownMs = 6_000

const listen = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  )

/** Splits the name of an RPC into service and method. */
const partsOf = ({ name }: Rpc): readonly [service: string, method: string] => {
  const [service = '', method = ''] = name.split('/')
  return [service, method]
}

const hasUpload = (route: AnyRoute): route is AnyRoute & Required<Pick<AnyRoute, 'upload'>> =>
  route.upload !== undefined

/**
 * Serves the RPCs of routes over gRPC, with health (grpc.health.v1) and reflection. Every call is one of the route: the same
 * access, validation, idempotency, limits and handler. Only calls signed with the key of gRPC are answered.
 * @throws Error when an RPC is in no contract, or listening fails
 */
export const serveGrpc = async (options: GrpcOptions): Promise<GrpcServer> => {
  const { routes, host, port: wanted, tls, files: fileLimits = defaultFileLimits } = options
  const contracts = loadContracts()
  const doors: Doors = { ...options, errorOf: statusErrors(contracts) }
  // Files have the time that their clients take without a pause: the server of HTTP and the deadline of the call end them.
  const pool = new Pool(doors.ownUrl(), {
    connections: fileLimits.streams,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const files = fileStreams(pool, fileLimits)

  const handlerOf = (route: AnyRoute, rpc: Rpc): UntypedServiceImplementation[string] =>
    hasUpload(route)
      ? upload(doors, route, files)
      : route.binary
        ? download(doors, route, rpc, files)
        : unary(doors, route, rpc)

  const implementations = new Map<string, UntypedServiceImplementation>()
  for (const route of routes)
    for (const rpc of route.rpcs ?? []) {
      const [service, method] = partsOf(rpc)
      if (!contracts.services.get(service)?.[method])
        throw new Error(`proto/ has no RPC ${rpc.name}`)
      const handlers = implementations.get(service) ?? {}
      handlers[method] = handlerOf(route, rpc)
      implementations.set(service, handlers)
    }

  const standing = standingCalls(new Set(implementations.keys()))
  const server = new Server({ ...limits, interceptors: [standing.interceptor] })
  for (const [name, handlers] of implementations)
    server.addService(contracts.services.get(name) as ServiceDefinition, handlers)
  const names = ['', ...implementations.keys()]
  const health = new HealthImplementation(
    Object.fromEntries(names.map((name) => [name, 'SERVING'] as const)),
  )
  health.addToServer(server)
  // Reflection shows fields by their names in the contracts.
  const { definition } = loadContracts({ keepCase: true })
  new ReflectionService(definition, { services: [...implementations.keys()] }).addToServer(server)

  const port = await listen(
    server,
    `${isIPv6(host) ? `[${host}]` : host}:${wanted}`,
    tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure(),
  ).catch(async (error: unknown) => {
    await pool.close()
    throw error
  })

  const drain = (): void => {
    for (const name of names) health.setStatus(name, 'NOT_SERVING')
  }
  return {
    port,
    drain,
    close: async () => {
      drain()
      const grace = setTimeout(() => server.forceShutdown(), shutdownMs)
      const stopped = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      standing.end()
      await stopped
      clearTimeout(grace)
      await pool.close()
    },
  }
}
