import type { Static, TObject, TSchema } from 'typebox'
import type { Caller } from './caller.ts'
import type { ChannelPorts } from './channel-ports.ts'
import type { Answer, Ask, Refused } from './message.ts'
import type { AnyTopic } from './topic.ts'

/** What handlers of questions may use. */
export type AskContext = { readonly caller: Caller; readonly ports: ChannelPorts }

/** A state read from a read model, true up to a position at least. */
export type Fresh = { readonly position: bigint }

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
