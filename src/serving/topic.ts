import type { Static } from 'typebox'
import type { AnyProjection, Projection, RecordedEvent } from '#kernel'
import type { Caller } from './caller.ts'
import type { ChannelPorts } from './channel-ports.ts'
import type { Messages } from './message.ts'

/** The room of all sockets of one user; every socket is in the room of its own user. */
export const userRoom = (userId: string): string => `user:${userId}`

/** The sockets of this process that are connected to a channel. */
export type Audience = {
  readonly isEmpty: () => boolean
  /** Whether a socket is in a room. */
  readonly isIn: (room: string) => boolean
  /** Users with sockets in a room. */
  readonly usersIn: (room: string) => readonly Pick<Caller, 'id' | 'roles'>[]
  /** Rooms whose names begin so. */
  readonly roomsOf: (prefix: string) => readonly string[]
  /** Whether a socket of a user is in a room. */
  readonly hasUserIn: (room: string, userId: string) => boolean
}

/** The context of a topic's rules. */
export type TopicContext = { readonly audience: Audience; readonly ports: ChannelPorts }

/** A document that changed, and the events of the topic that changed it, in order. */
export type Change<D> = { readonly document: D; readonly events: readonly RecordedEvent[] }

/** The documents that changed in one slice of the log. */
export type Changes<D> = {
  readonly changes: readonly Change<D>[]
  /** Events of the topic whose documents are gone, in order by document. */
  readonly gone: readonly RecordedEvent[]
  /** Position that the read model has reached; the documents include all events up to it, and perhaps later ones. */
  readonly position: string
}

/** A message of the server, with its payload. */
export type MessageOf<Server extends Messages['server']> = {
  readonly [Name in keyof Server & string]: {
    readonly name: Name
    readonly payload: Static<Server[Name]['payload']>
  }
}[keyof Server & string]

/** The recipients of a message. */
export type Addressed = {
  /** The rooms; a socket in several of them receives it once. */
  readonly to: string | readonly string[]
  /**
   * Position of the event that it is about, where a socket may ask for the messages after a position: a room has one
   * message of a name for an event. Left out for a state.
   */
  readonly at?: bigint
  /** Rooms whose sockets are excluded. */
  readonly except?: readonly string[]
  /** Sends only the latest of the states that follow each other within an interval, in ms, in the same room under the same name. */
  readonly paced?: { readonly as: string; readonly every: number }
  /** Excludes the sockets whose subscription to this room was answered during this push: their state is as fresh. */
  readonly unlessAnsweredIn?: string
}

/**
 * A read model whose changes a channel pushes: each process follows the log, and sends to its own sockets once a change
 * is readable.
 */
export type Topic<D, Server extends Messages['server'] = Messages['server']> = {
  readonly projection: Projection<D>
  /** The messages of the topic; it follows the events that cause them. */
  readonly server: Server
  /**
   * Returns the id of the document that an event changed, if a socket of this process receives its changes; otherwise
   * nothing is read. Called once for each event, in the order of the log.
   */
  readonly concerns: (event: RecordedEvent, context: TopicContext) => string | undefined
  /**
   * Returns the messages for a change, in order. Called again as a whole when a read fails, as no message is sent before
   * it has returned.
   */
  readonly tells: (
    changes: Changes<D>,
    context: TopicContext,
  ) =>
    | readonly (MessageOf<Server> & Addressed)[]
    | Promise<readonly (MessageOf<Server> & Addressed)[]>
  /** Called with the changes once their messages have been sent to the sockets of this process. */
  readonly afterwards?: (changes: Changes<D>, context: TopicContext) => void
}

/** A topic, its types erased: what an edge follows. */
export type AnyTopic = {
  readonly projection: AnyProjection
  readonly server: Messages['server']
  readonly concerns: (event: RecordedEvent, context: TopicContext) => string | undefined
  readonly tells: (changes: never, context: TopicContext) => Sent | Promise<Sent>
  readonly afterwards?: (changes: never, context: TopicContext) => void
}
type Sent = readonly ({ readonly name: string; readonly payload: unknown } & Addressed)[]

/** Declares a topic. */
export const topic = <D extends { readonly id: string }, Server extends Messages['server']>(
  declaration: Topic<D, Server>,
): Topic<D, Server> => declaration
