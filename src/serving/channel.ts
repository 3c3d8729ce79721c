import type { Static, TObject, TSchema } from 'typebox'
import type { AnyProjection, Catalogue, Projection, RecordedEvent } from '#kernel'
import type { EventLog, Slice } from '../platform/event-log/port.ts'
import type { Access, Caller } from './caller.ts'
import type { Answer, Ask, Messages, Refused } from './message.ts'
import type { Ports } from './ports.ts'

/** Follows the log in this process. */
export type EventFeed = {
  /** The events behind a position; waits until there is one. @throws the signal's reason */
  readonly next: (
    after: bigint,
    options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
  ) => Promise<Slice>
  /** The end of the log, as far as this process knows it. */
  readonly head: () => bigint
}

/** Everything that handlers of channels may use; each one takes what it needs. */
export type ChannelPorts = Pick<Ports, 'clock' | 'executor' | 'readModels'> & {
  readonly log: Pick<EventLog, 'read' | 'readAll' | 'head' | 'streams' | 'dense'>
  readonly catalogue: Pick<Catalogue, 'masked' | 'streamTold'>
  readonly feed: EventFeed
  readonly logger: {
    readonly warn: (details: object, message: string) => void
    readonly error: (details: object, message: string) => void
  }
}

/** The room of all sockets of one user; every socket is in that of its own user. */
export const userRoom = (userId: string): string => `user:${userId}`

/** The sockets of this process that are connected to a channel. */
export type Audience = {
  readonly isEmpty: () => boolean
  /** Whether any of them is in a room. */
  readonly isIn: (room: string) => boolean
}

/** What a topic's rules may use. */
export type TopicContext = { readonly audience: Audience; readonly ports: ChannelPorts }

/** A document that changed, and the events of the topic that changed it, in order. */
export type Change<D> = { readonly document: D; readonly events: readonly RecordedEvent[] }

/** The documents that changed at once. */
export type Changes<D> = {
  readonly changes: readonly Change<D>[]
  /** The read model has reached this position; the documents are as of then, or newer. */
  readonly position: string
}

/** A message of the server, with its payload. */
export type MessageOf<Server extends Messages['server']> = {
  readonly [Name in keyof Server & string]: {
    readonly name: Name
    readonly payload: Static<Server[Name]['payload']>
  }
}[keyof Server & string]

/** Where a message is sent. */
export type Addressed = {
  /** The rooms; a socket in several of them receives it once. */
  readonly to: string | readonly string[]
  /** Leaves out the sockets whose subscription to this room was answered during this push: they know as much. */
  readonly unlessAnsweredIn?: string
}

/**
 * A read model whose changes a channel pushes: each process follows the log, and tells its own sockets once the change
 * can be read.
 */
export type Topic<D, Server extends Messages['server'] = Messages['server']> = {
  readonly projection: Projection<D>
  /** The messages that it sends; it follows the events that they follow. */
  readonly server: Server
  /**
   * The id of the document that an event changed, if a socket of this process is to hear of it; otherwise nothing is
   * read. Called once for each event, in the order of the log.
   */
  readonly concerns: (event: RecordedEvent, context: TopicContext) => string | undefined
  /**
   * The messages that follow from a change, in order. All of it is called again when a read fails, as nothing is sent
   * before it has returned.
   */
  readonly tells: (
    changes: Changes<D>,
    context: TopicContext,
  ) =>
    | readonly (MessageOf<Server> & Addressed)[]
    | Promise<readonly (MessageOf<Server> & Addressed)[]>
}

/** A topic, its types forgotten: what an edge follows. */
export type AnyTopic = {
  readonly projection: AnyProjection
  readonly server: Messages['server']
  readonly concerns: (event: RecordedEvent, context: TopicContext) => string | undefined
  readonly tells: (changes: never, context: TopicContext) => Sent | Promise<Sent>
}
type Sent = readonly ({ readonly name: string; readonly payload: unknown } & Addressed)[]

/** Declares a topic. */
export const topic = <D extends { readonly id: string }, Server extends Messages['server']>(
  declaration: Topic<D, Server>,
): Topic<D, Server> => declaration

/** What handlers of questions may use. */
export type AskContext = { readonly caller: Caller; readonly ports: ChannelPorts }

/** A state read from a read model, true up to a position at least. */
type Fresh = { readonly position: bigint }

/**
 * How a socket subscribes to a room: it enters the room, and is answered with the state as its topic has pushed it so
 * far. It misses no later message, and receives none that is older than the answer. It leaves when that fails.
 */
export type Entry<Payload, Details extends object, State extends Fresh> = {
  /** The topic that sends to the room. */
  readonly topic: AnyTopic
  readonly room: (payload: Payload) => string
  /** Refuses a caller who may not enter, before anything else. */
  readonly mayEnter?: (payload: Payload, context: AskContext) => Promise<Refused | undefined>
  /** Refuses what does not exist. Called in the room, so that sockets with too many subscriptions cost no read. */
  readonly mustExist?: (payload: Payload, context: AskContext) => Promise<Refused | undefined>
  /** Reads the state, as fresh as `minPosition`; called again while it is older than what is being pushed. */
  readonly read: (
    payload: Payload,
    context: AskContext & { readonly minPosition: bigint },
  ) => Promise<State>
  /** A refusal makes the socket leave again. */
  readonly answer: (state: State) => Answer<Details>
}

/** How a socket subscribes to a room, types forgotten. */
export type AnyEntry = {
  readonly topic: AnyTopic
  readonly room: (payload: never) => string
  readonly mayEnter?: (payload: never, context: AskContext) => Promise<Refused | undefined>
  readonly mustExist?: (payload: never, context: AskContext) => Promise<Refused | undefined>
  readonly read: (
    payload: never,
    context: AskContext & { readonly minPosition: bigint },
  ) => Promise<Fresh>
  readonly answer: (state: never) => Answer
}

/** A question with its handling, types forgotten: what an edge serves and documents. */
export type HandledAsk = Ask &
  (
    | { readonly handle: (payload: never, context: AskContext) => Promise<Answer> }
    | { readonly enters: AnyEntry }
    | { readonly leaves: (payload: never) => string }
  )

/**
 * A question with its handler.
 * @param handle answers it; NotCaughtUp and Unavailable are answered as refusals, any other error as a flaw of ours
 */
export const request = <Payload extends TSchema, Details extends TObject>(
  asked: Ask<Payload, Details>,
  handle: (payload: Static<Payload>, context: AskContext) => Promise<Answer<Static<Details>>>,
): HandledAsk => ({ ...asked, handle })

/** A question that subscribes the socket to a room. */
export const subscription = <Payload extends TSchema, Details extends TObject, State extends Fresh>(
  asked: Ask<Payload, Details>,
  enters: Entry<Static<Payload>, Static<Details>, State>,
): HandledAsk => ({ ...asked, enters })

/** A question that makes the socket leave a room. */
export const unsubscription = <Payload extends TSchema>(
  asked: Ask<Payload>,
  leaves: (payload: Static<Payload>) => string,
): HandledAsk => ({ ...asked, leaves })

/** A message that each socket receives as it connects: the state of its user, as the topic has pushed it so far. */
export type Welcome<Server extends Messages['server'], State extends Fresh> = {
  readonly topic: AnyTopic & { readonly server: Server }
  /** Reads the state, as fresh as `minPosition`; called again while it is older than what is being pushed. */
  readonly read: (context: AskContext & { readonly minPosition: bigint }) => Promise<State>
  readonly tell: (state: State) => MessageOf<Server>
}

/** A welcome, its types forgotten. */
export type AnyWelcome = {
  readonly topic: AnyTopic
  readonly read: (context: AskContext & { readonly minPosition: bigint }) => Promise<Fresh>
  readonly tell: (state: never) => { readonly name: string; readonly payload: unknown }
}

/** Declares a message that each socket receives as it connects. */
export const welcome = <Server extends Messages['server'], State extends Fresh>(
  declaration: Welcome<Server, State>,
): AnyWelcome => declaration

/** One socket, for handlers that need more than a question and its answer. */
export type Connection<
  Client extends Messages['client'] = Messages['client'],
  Server extends Messages['server'] = Messages['server'],
> = {
  readonly caller: Caller
  /** Aborted when it is disconnected. */
  readonly disconnected: AbortSignal
  /**
   * Handles a question; its payload has been validated.
   * @param handle answers it once, by `reply`, and may go on afterwards; an error that it throws before is answered
   */
  readonly on: <Name extends keyof Client & string>(
    name: Name,
    handle: (
      payload: Static<Client[Name]['payload']>,
      reply: (answer: Answer<Static<Client[Name]['details']>>) => void,
    ) => Promise<void>,
  ) => void
  readonly tell: <Name extends keyof Server & string>(
    name: Name,
    payload: Static<Server[Name]['payload']>,
  ) => void
  /**
   * Resolves once the client has taken enough of the earlier messages; waiting for it before each message bounds what
   * is buffered for a slow client.
   * @param signal ends the wait; to be aborted when the socket disconnects
   * @throws the signal's reason
   */
  readonly ready: (signal: AbortSignal) => Promise<void>
}

/** What an open channel does in one process. */
export type Opened<C = Connection> = {
  /** Called with each socket as it connects. */
  readonly connected: (connection: C) => void
  /** Resolves when the signal has ended it. */
  readonly over: Promise<void>
}

/** A channel, its types forgotten: what an edge serves and documents. */
export type AnyChannel = Messages & {
  readonly namespace: `/${string}`
  /** The access level that a connection needs. */
  readonly access: Exclude<Access, 'public' | 'internal'>
  readonly topics: readonly AnyTopic[]
  readonly welcomes: readonly AnyWelcome[]
} & (
    | { readonly client: Readonly<Record<string, HandledAsk>>; readonly open?: undefined }
    | { readonly open: (ports: ChannelPorts, signal: AbortSignal) => Opened<never> }
  )

type Declared<Client extends Messages['client']> = Pick<AnyChannel, 'namespace' | 'about'> & {
  readonly client: Client
} & Partial<Pick<AnyChannel, 'access'>>

/**
 * Declares a channel: a namespace of the sockets, with its messages and their handlers. Validation, access,
 * documentation and the pushing of changes follow from the declaration; no handler knows the protocol of the sockets.
 * @throws Error when a subscription or a welcome is of a topic that the channel does not have
 */
export const channel = <
  const Client extends Readonly<Record<string, HandledAsk>>,
  const Topics extends readonly AnyTopic[],
>({
  namespace,
  about,
  access = 'user',
  client,
  topics,
  welcomes = [],
}: Declared<Client> & {
  readonly topics: Topics
  readonly welcomes?: readonly AnyWelcome[]
}) => {
  const followed: ReadonlySet<AnyTopic> = new Set(topics)
  for (const [name, asked] of Object.entries(client))
    if ('enters' in asked && !followed.has(asked.enters.topic))
      throw new Error(`${namespace} ${name} subscribes to a topic that the channel does not have.`)
  if (welcomes.some((one) => !followed.has(one.topic)))
    throw new Error(`${namespace} welcomes with a topic that it does not have.`)
  const server: Messages['server'] = Object.assign({}, ...topics.map((one) => one.server))
  return { namespace, about, access, client, server, topics, welcomes } satisfies AnyChannel
}

/**
 * Declares a channel that handles each connection itself: for streams whose pace the client sets.
 * @param declaration.open called once in each process
 */
export const openChannel = <
  const Client extends Messages['client'],
  const Server extends Messages['server'],
>({
  access = 'user',
  ...declaration
}: Declared<Client> & {
  readonly server: Server
  readonly open: (ports: ChannelPorts, signal: AbortSignal) => Opened<Connection<Client, Server>>
}) => ({ ...declaration, access, topics: [], welcomes: [] }) satisfies AnyChannel
