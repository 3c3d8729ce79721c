import type { Declared } from './declared.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { logChannels } from './log-channels.ts'
import { WireMetadataSchema } from './metadata.ts'
import { socketChannels } from './socket-channels.ts'
import { tokenCookieName } from '../platform/security/cookies.ts'
import { Refused } from '../serving/message.ts'

const introduction = `Live updates over two protocols.

The namespaces of Socket.IO (version 4 of its protocol) push updates to the users they concern. A request is answered by
Socket.IO's acknowledgement; "receive" operations are messages of clients, "send" operations are pushed messages.

Any client of EventStoreDB can read and follow the event log: a channel is a category of streams, a message is an event,
its payload the event's data and its headers the event's metadata.`

/**
 * The AsyncAPI document (version 3.0.0) of the sockets and of the event log.
 * @param servers default hosts of both, with ports
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
          'The gRPC protocol of EventStoreDB. Without TLS it serves its own machine only, without credentials.',
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
          description: 'The access token, which browsers send by themselves.',
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
