import { Type } from 'typebox'
import { Fields, type RecordedEvent } from '#kernel'
import { UserId } from '../domains/shared/index.ts'
import type { Access } from './caller.ts'
import type { ChannelPorts } from './channel-ports.ts'
import type { Connection, Opened } from './connection.ts'
import type { Messages, Tell } from './message.ts'
import type { HandledAsk } from './questions.ts'
import type { AnyTopic } from './topic.ts'
import type { AnyWelcome, Resumption } from './welcome.ts'

export type { ChannelPorts } from './channel-ports.ts'
export type { Connection } from './connection.ts'
export {
  AfterPosition,
  ask,
  following,
  IdempotencyKey,
  Position,
  refusal,
  tell,
} from './message.ts'
export { command, relay, request, subscription, unsubscription } from './questions.ts'
export { topic, userRoom, type Audience } from './topic.ts'
export { resumption, welcome } from './welcome.ts'

/** Schema of a message about the presence of a user. */
export const Presence = Fields({ userId: UserId, online: Type.Boolean() })

/** The events that part two users, and the pair that an event of these types parts. */
export type Parting = {
  readonly after: readonly string[]
  readonly pairOf: (event: RecordedEvent) => readonly [string, string] | undefined
}

/** A channel, its types erased: what an edge serves and documents. */
export type AnyChannel = Messages & {
  readonly namespace: `/${string}`
  /** The access level that a connection needs. */
  readonly access: Exclude<Access, 'public' | 'internal'>
  readonly topics: readonly AnyTopic[]
  readonly welcomes: readonly AnyWelcome[]
  /** How a socket resumes after the position that it connects with; undefined where it cannot. */
  readonly resumes?: Resumption | undefined
  /** Name of the message about the presence of users that sockets watch; undefined where none is told. */
  readonly presence?: string | undefined
  /** The events after which two users no longer learn of each other's presence. */
  readonly parts?: Parting | undefined
} & (
    | { readonly client: Readonly<Record<string, HandledAsk>>; readonly open?: undefined }
    | { readonly open: (ports: ChannelPorts, signal: AbortSignal) => Opened<never> }
  )

type Declared = Pick<AnyChannel, 'namespace' | 'about'> & Partial<Pick<AnyChannel, 'access'>>

/**
 * Declares a channel: a namespace of the sockets, with its messages and their handlers. Validation, access,
 * documentation and the pushing of changes follow from the declaration; no handler uses the sockets' protocol.
 * @param declaration.access the access level that a connection needs. Default: any signed-in user
 * @param declaration.signals messages that are not recorded: those of relays
 * @param declaration.presence tells whether users are connected: `{ userId, online }`, one message by its name
 * @param declaration.parts the events after which two users no longer learn of each other's presence
 * @param declaration.topics the pushed topics; their messages are those of the channel
 * @throws Error when a subscription, a welcome or a resumption belongs to a topic that the channel does not have, or when two topics
 *   declare a message of the same name
 */
export const channel = ({
  namespace,
  about,
  access = 'user',
  client,
  topics,
  welcomes = [],
  resumes,
  signals = {},
  presence = {},
  parts,
}: Declared & {
  readonly client: Readonly<Record<string, HandledAsk>>
  readonly topics: readonly AnyTopic[]
  readonly welcomes?: readonly AnyWelcome[]
  readonly resumes?: Resumption
  readonly signals?: Messages['server']
  readonly presence?: Readonly<Record<string, Tell<typeof Presence>>>
  readonly parts?: Parting
}): AnyChannel => {
  const followed = new Set(topics)
  for (const [name, asked] of Object.entries(client))
    if ('enters' in asked && !followed.has(asked.enters.topic))
      throw new Error(`${namespace} ${name} subscribes to a topic that the channel does not have.`)
  if (resumes && !followed.has(resumes.topic))
    throw new Error(`${namespace} resumes a topic that the channel does not have.`)
  if (welcomes.some((one) => !followed.has(one.topic)))
    throw new Error(`${namespace} has a welcome of a topic that the channel does not have.`)
  const messages = [
    ...topics.flatMap((one) => Object.entries(one.server)),
    ...Object.entries(signals),
    ...Object.entries(presence),
  ]
  const server = Object.fromEntries(messages)
  if (Object.keys(server).length < messages.length)
    throw new Error(`${namespace} has two declarations of a message of the same name.`)
  const [told] = Object.keys(presence)
  return {
    namespace,
    about,
    access,
    client,
    server,
    topics,
    welcomes,
    resumes,
    presence: told,
    parts,
  }
}

/**
 * Declares a channel that handles each connection itself: for streams whose pace the client sets.
 * @param declaration.access the access level that a connection needs. Default: any signed-in user
 * @param declaration.open called once in each process; the signal ends it
 */
export const openChannel = <
  const Client extends Messages['client'],
  const Server extends Messages['server'],
>({
  access = 'user',
  ...declaration
}: Declared & {
  readonly client: Client
  readonly server: Server
  readonly open: (ports: ChannelPorts, signal: AbortSignal) => Opened<Connection<Client, Server>>
}): AnyChannel => ({ ...declaration, access, topics: [], welcomes: [] })
