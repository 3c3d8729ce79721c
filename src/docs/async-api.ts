import type { Declared } from './declared.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { logChannels } from './log-channels.ts'
import { WireMetadataSchema } from './metadata.ts'
import { socketChannels } from './socket-channels.ts'
import { tokenCookieName } from '../platform/security/cookies.ts'
import { Refused } from '../serving/message.ts'

const introduction = `Two ways to be told what happens, as it happens.

The namespaces of Socket.IO (version 4 of its protocol) tell people what concerns them. A question gets its answer as the
acknowledgement that Socket.IO carries; "receive" is what clients send, "send" what they are told.

The event log can be read and followed by any client of EventStoreDB: a channel is a category of streams, a message an
event, its payload the event's data and its headers the event's metadata.`

/**
 * The AsyncAPI document (version 3.0.0) of the sockets and of the event log.
 * @param servers where both are served when nothing else is configured, with ports
 */
export const asyncApi = (
  declared: Declared,
  servers: { readonly sockets: string; readonly log: string },
): object => {
  const sockets = socketChannels(declared.sockets)
  const log = logChannels(declared)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Agora',
      version: '1.0.0',
      description: introduction,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      sockets: {
        host: servers.sockets,
        protocol: 'ws',
        pathname: '/socket.io/',
        description: 'Socket.IO; long polling goes to the same address.',
        security: [
          { $ref: '#/components/securitySchemes/token' },
          { $ref: '#/components/securitySchemes/cookie' },
        ],
      },
      log: {
        host: servers.log,
        protocol: 'esdb',
        description:
          'The gRPC protocol of EventStoreDB. Without TLS it serves its own machine only and asks for no credentials.',
        security: [{ $ref: '#/components/securitySchemes/account' }],
      },
    },
    channels: { ...sockets.channels, ...log.channels },
    operations: { ...sockets.operations, ...log.operations },
    components: {
      schemas: {
        Refused: jsonSchemaOf(Refused),
        EventMetadata: jsonSchemaOf(WireMetadataSchema),
      },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token, as `auth.token` of the connection.',
        },
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: tokenCookieName,
          description: 'Browsers carry the access token by themselves.',
        },
        account: {
          type: 'http',
          scheme: 'basic',
          description: 'The name and password of an analyst or an admin.',
        },
      },
    },
  }
}
