import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { credentials, loadPackageDefinition } from '@grpc/grpc-js'
import fastify from 'fastify'
import { onTestFinished } from 'vitest'
import { clientContracts, rpcClient } from '../../../../test/support/grpc.ts'
import { modules } from '../../../domains/index.ts'
import { internalCalls } from '../../../platform/security/internal-calls.ts'
import type { FileLimits } from '../file-streams.ts'
import type { MediaServiceClient } from '../generated/agora/media/v1/MediaService.ts'
import type { ProtoGrpcType } from '../generated/media.ts'
import { serveGrpc } from '../index.ts'

/** Paths of the RPCs that stream. */
export const [uploading, downloading] = [
  '/agora.media.v1.MediaService/UploadMedia',
  '/agora.media.v1.MediaService/DownloadMedia',
] as const

/** A client with the generated types. */
export const mediaClient = (port: number): MediaServiceClient => {
  const { agora } = loadPackageDefinition(clientContracts.definition) as unknown as ProtoGrpcType
  const { MediaService } = agora.media.v1
  return new MediaService(`127.0.0.1:${port}`, credentials.createInsecure())
}

/** Serves the files of gRPC in front of any server of HTTP, until the test has ended. */
export const before = async (listener: RequestListener, files?: FileLimits) => {
  const origin = createServer(listener).listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const calls = internalCalls(Buffer.alloc(32, 1))
  const served = await serveGrpc({
    routes: modules.flatMap(({ routes }) => routes),
    host: '127.0.0.1',
    port: 0,
    // Files come by a connection.
    server: fastify(),
    ownUrl: () => `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
    prefix: '/api/v1',
    calls,
    grpcCalls: calls,
    audiences: () => ['only'],
    isOpen: false,
    onError: () => undefined,
    ...(files && { files }),
  })
  const client = mediaClient(served.port)
  const signs = rpcClient(`127.0.0.1:${served.port}`, { calls })
  onTestFinished(async () => {
    client.close()
    signs[Symbol.dispose]()
    await served.close()
    origin.closeAllConnections()
    origin.close()
  })
  return { client, metadataFor: signs.metadataFor }
}
