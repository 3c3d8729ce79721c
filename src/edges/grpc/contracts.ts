import { join } from 'node:path'
import {
  loadSync,
  type MessageTypeDefinition,
  type MethodDefinition,
  type Options,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader'

/** Folder of the contracts. */
const folder = join(import.meta.dirname, '../../../proto')

/** Files of the contracts. */
export const contractFiles = [
  'auth.proto',
  'user.proto',
  'post.proto',
  'media.proto',
  'search.proto',
  'google/rpc/status.proto',
] as const

/** An RPC, its messages as plain objects. */
type Method = MethodDefinition<object, object>

/** The contracts of gRPC, as they are written in `proto/`. */
export type Contracts = {
  readonly definition: PackageDefinition
  /** Services by full name: `agora.user.v1.UserService`. */
  readonly services: ReadonlyMap<string, Readonly<Record<string, Method>>>
  /** Returns a message type. @param name `google.rpc.Status` @throws Error when the contracts have no such message */
  readonly message: (name: string) => MessageTypeDefinition<object, object>
}

const isService = (definition: PackageDefinition[string]): definition is ServiceDefinition =>
  !('format' in definition)

/**
 * Reads the contracts. Fields that a message does not set are absent: the schemas of the routes have the defaults.
 * @param options for clients: how messages are read
 */
export const loadContracts = (options: Options = {}): Contracts => {
  const definition = loadSync([...contractFiles], {
    includeDirs: [folder],
    longs: Number,
    ...options,
  })
  return {
    definition,
    services: new Map(
      Object.entries(definition).flatMap(([name, one]) => (isService(one) ? [[name, one]] : [])),
    ),
    message: (name) => {
      const found = definition[name]
      if (!found || isService(found) || !('serialize' in found))
        throw new Error(`The contracts have no message ${name}`)
      return found
    },
  }
}
