import type { AddressInfo } from 'node:net'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { rpcClient, type RpcClient } from '../../../../test/support/grpc.ts'
import { modules } from '../../../domains/index.ts'
import { internalCalls } from '../../../platform/security/internal-calls.ts'
import { prefix } from '../../http/api-document.ts'
import { serveGrpc, type GrpcServer } from '../index.ts'

/** Calls between processes of the Agora of `httpWorld`. */
const calls = internalCalls(Buffer.alloc(32, 3))

/** Calls of its gRPC. */
export const grpcCalls = internalCalls(Buffer.alloc(32, 5))

/** A server over memory adapters with gRPC, and a client of it. */
export type GrpcWorld = AsyncDisposable & {
  readonly world: HttpWorld
  readonly served: GrpcServer
  readonly client: RpcClient
  readonly rpc: RpcClient['rpc']
  /** Unexpected errors. */
  readonly errors: readonly unknown[]
}

/** Serves gRPC in front of a server of HTTP over memory adapters. */
export const grpcWorld = async (
  changes: Parameters<typeof httpWorld>[0] = {},
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<GrpcWorld> => {
  // Links to files expire: two answers about one file are the same at one time only.
  const now = new Date()
  const world = await httpWorld({ clock: () => now, ...changes })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  const errors: unknown[] = []
  const served = await serveGrpc({
    routes: modules.flatMap(({ routes }) => routes),
    host: '127.0.0.1',
    port: 0,
    tls,
    server: world.app,
    ownUrl: () => `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`,
    prefix,
    calls,
    grpcCalls,
    audiences: () => ['only'],
    isOpen: false,
    onError: (error) => void errors.push(error),
  })
  const client = rpcClient(`127.0.0.1:${served.port}`, { calls: grpcCalls })
  return {
    world,
    served,
    client,
    rpc: client.rpc,
    errors,
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]()
      await served.close()
      await world[Symbol.asyncDispose]()
    },
  }
}
