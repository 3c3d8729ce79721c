import type { Static, TObject, TSchema } from 'typebox'
import type { Origin } from '../runtime/execution.ts'
import type { Caller } from './caller.ts'
import type { ChannelPorts } from './channel-ports.ts'
import type { Answer, Ask, IdempotencyKey, Refused } from './message.ts'
import type { AnyTopic } from './topic.ts'

/** The context of a question's handler: the caller and the ports. */
export type AskContext = { readonly caller: Caller; readonly ports: ChannelPorts }

/** The context of a command's handler: its commands have this origin, which is the same in repetitions under a key. */
export type CommandContext = AskContext & { readonly origin: Origin }

/** State read from a read model, complete up to a position at least. */
export type Fresh = { readonly position: bigint }

/** The part of a room's messages that is read for a socket that has missed it. */
export type MissedRange = {
  readonly after: bigint
  /** The read model must have reached this position. */
  readonly minPosition: bigint
  readonly limit: number
}

/** Messages that a socket has missed, oldest first; a part of them when there are more than the limit. */
export type Missed = {
  readonly messages: readonly {
    readonly name: string
    readonly payload: unknown
    /** Position of the event that it is about. */
    readonly at: bigint
  }[]
  /** Called once these messages have been sent. */
  readonly onSent?: () => void
  /** More were missed than can be found: none is sent, and the answer says `skipped`. */
  readonly isTooMuch?: true
  /** No message up to here is missing; greater than `after`, and before `minPosition` only when there are more. */
  readonly position: bigint
}

/**
 * Subscription of a socket to a room: the socket joins the room, and is answered with the state as fresh as the topic's
 * last push. It misses no later push, and receives none that is older than the answer. It leaves again on failure.
 */
export type Entry<Payload, Details extends object, State extends Fresh> = {
  /** The topic that sends to the room. */
  readonly topic: AnyTopic
  readonly room: (payload: Payload, context: AskContext) => string
  /** Refuses a caller without access, before anything is read. */
  readonly mayEnter?: (payload: Payload, context: AskContext) => Promise<Refused | undefined>
  /** Refuses a subject that does not exist. Called after the limit of subscriptions, so that sockets beyond it cost no read. */
  readonly mustExist?: (payload: Payload, context: AskContext) => Promise<Refused | undefined>
  /** Reads the state, as fresh as `minPosition`; called again while the state is older than a push under way. */
  readonly read: (
    payload: Payload,
    context: AskContext & { readonly minPosition: bigint },
  ) => Promise<State>
  /** The acknowledgement; a refusal makes the socket leave again. */
  readonly answer: (state: State) => Answer<Details>
  /**
   * Makes the subscription gap-free: a payload may name `afterPosition`, and each message of the room after it is sent
   * once, in order, also those from before the subscription, which this reads. The messages of the topic name `at`.
   */
  readonly missed?: (payload: Payload, context: AskContext & MissedRange) => Promise<Missed>
  /**
   * Whether sockets receive messages of the room by another room as well: a payload without `afterPosition` then leaves out
   * none that comes while it is answered.
   */
  readonly isAlsoElsewhere?: true
  /** The user whose presence the socket is told from then on, once it has entered; undefined for nobody. */
  readonly watches?: (payload: Payload, context: AskContext) => Promise<string | undefined>
}

/** A subscription, its types erased. */
export type AnyEntry = {
  readonly topic: AnyTopic
  readonly room: (payload: never, context: AskContext) => string
  readonly mayEnter?: (payload: never, context: AskContext) => Promise<Refused | undefined>
  readonly mustExist?: (payload: never, context: AskContext) => Promise<Refused | undefined>
  readonly read: (
    payload: never,
    context: AskContext & { readonly minPosition: bigint },
  ) => Promise<Fresh>
  readonly answer: (state: never) => Answer
  readonly missed?: (payload: never, context: AskContext & MissedRange) => Promise<Missed>
  readonly isAlsoElsewhere?: true
  readonly watches?: (payload: never, context: AskContext) => Promise<string | undefined>
}

/** A message that a client passes on to a room, in all processes. */
export type Relayed = { readonly to: string; readonly name: string; readonly payload: unknown }

/** A question with its handler, its types erased: what an edge serves and documents. */
export type HandledAsk = Ask &
  (
    | { readonly handle: (payload: never, context: AskContext) => Promise<Answer> }
    | { readonly commands: (payload: never, context: CommandContext) => Promise<Answer> }
    | {
        readonly enters: AnyEntry
        /** Entries of further contexts, for subjects that the ones before refuse. */
        readonly orEnters?: readonly AnyEntry[]
      }
    | { readonly leaves: (payload: never, context: AskContext) => string }
    | {
        readonly relays: (payload: never, context: AskContext) => Relayed
        readonly mayRelay?: (payload: never, context: AskContext) => Promise<Refused | undefined>
        readonly every: number
      }
  )

/**
 * Declares the handler of a question.
 * @param handle answers the question; NotCaughtUp and Unavailable are answered as refusals, other errors as internal ones
 */
export const request = <Payload extends TSchema, Details extends TObject>(
  asked: Ask<Payload, Details>,
  handle: (payload: Static<Payload>, context: AskContext) => Promise<Answer<Static<Details>>>,
): HandledAsk => ({ ...asked, handle })

/**
 * Declares a question that changes something. Its payload has a key, `IdempotencyKey`: a repetition under it gets the
 * stored answer.
 * @param commands answers the question, as the handler of `request` does; executes all commands with the context's origin
 */
export const command = <
  Payload extends TObject<{ idempotencyKey: typeof IdempotencyKey }>,
  Details extends TObject,
>(
  asked: Ask<Payload, Details>,
  commands: (payload: Static<Payload>, context: CommandContext) => Promise<Answer<Static<Details>>>,
): HandledAsk => ({ ...asked, commands })

/** Declares a question that subscribes the socket to a room. */
export const subscription = <Payload extends TSchema, Details extends TObject, State extends Fresh>(
  asked: Ask<Payload, Details>,
  enters: Entry<Static<Payload>, Static<Details>, State>,
): HandledAsk => ({ ...asked, enters })

/** Declares a question that makes the socket leave a room. */
export const unsubscription = <Payload extends TSchema>(
  asked: Ask<Payload>,
  leaves: (payload: Static<Payload>, context: AskContext) => string,
): HandledAsk => ({ ...asked, leaves })

/**
 * Declares a question that passes a message on to the other sockets of a room, in all processes. It is not recorded. The
 * socket must have entered the room.
 * @param options.mayRelay refuses a caller who was allowed to enter, but may not be heard by the others now
 * @param options.every interval in which a socket's messages to a room are passed on once, in ms; the others are acknowledged
 */
export const relay = <Payload extends TSchema>(
  asked: Ask<Payload>,
  relays: (payload: Static<Payload>, context: AskContext) => Relayed,
  {
    mayRelay,
    every = 0,
  }: {
    readonly mayRelay?: (
      payload: Static<Payload>,
      context: AskContext,
    ) => Promise<Refused | undefined>
    readonly every?: number
  } = {},
): HandledAsk => ({ ...asked, relays, ...(mayRelay && { mayRelay }), every })
