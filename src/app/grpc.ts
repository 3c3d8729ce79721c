import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { certificateAt } from './endpoint-certificate.ts'
import type { JoinedProcesses } from './processes.ts'
import type { Config } from '../config.ts'
import { prefix } from '../edges/http/api-document.ts'
import type { GrpcServer } from '../edges/grpc/index.ts'
import { cannotListen } from '../platform/engines/listening/cannot-listen.ts'
import type { Module } from '../serving/module.ts'

/** Addresses that mean every address of this machine. */
const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** URL of a listening server for its own process. */
const ownUrlOf = ({ server }: FastifyInstance): string => {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen')
  const host = wildcards[address.address] ?? address.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/**
 * Serves gRPC, where it is configured and the process serves contexts.
 * @param deps.server the server of HTTP, which listens
 * @throws BadConfig when the certificate is invalid
 * @throws CannotListen when the port is in use
 */
export const openGrpc = async (
  { grpc, host, roles, directCalls }: Pick<Config, 'grpc' | 'host' | 'roles' | 'directCalls'>,
  {
    server,
    modules,
    processes,
    logger,
    onError,
  }: {
    readonly server: FastifyInstance
    readonly modules: readonly Module[]
    readonly processes: Pick<JoinedProcesses, 'calls' | 'grpcCalls' | 'audiences' | 'isHere'>
    readonly logger: FastifyBaseLogger
    readonly onError: (error: unknown) => void
  },
): Promise<GrpcServer | undefined> => {
  if (!grpc || !roles.has('api')) return undefined
  const { serveGrpc } = await import('../edges/grpc/index.ts')
  const { port, tls } = grpc
  const served = await serveGrpc({
    routes: modules.filter(({ name }) => processes.isHere(name)).flatMap(({ routes }) => routes),
    host,
    port,
    tls: tls && (await certificateAt('AGORA_GRPC_TLS', tls)),
    server,
    ownUrl: () => ownUrlOf(server),
    prefix,
    calls: processes.calls,
    grpcCalls: processes.grpcCalls,
    audiences: processes.audiences,
    isOpen: directCalls,
    onError,
  }).catch(async (error: unknown) => {
    const settings = { host: 'HOST', port: 'AGORA_GRPC_PORT' }
    throw (await cannotListen(error, { host, port, settings })) ?? error
  })
  logger.info({ host, port: served.port, tls: tls !== undefined }, 'gRPC is served')
  return served
}
