/** A published event on its way to a broker. */
export type BridgeMessage = {
  /** Id of the event, the same in every repetition: receivers drop doubles by it. */
  readonly id: string
  /** Name of the event's stream: messages of one key stay in order. */
  readonly key: string
  /** `<context>.<event type>`: routing key in RabbitMQ, the end of the subject in NATS. */
  readonly topic: string
  /** Further names, such as `POST_CREATED`. */
  readonly names: readonly string[]
  /** A CloudEvent in JSON, in UTF-8. */
  readonly body: Buffer
}

/** Media type of the bodies (CloudEvents 1.0, JSON event format). */
export const cloudEvents = 'application/cloudevents+json'

/** The broker will not take a message, however often it is repeated: it is too large, for example. */
export class MessageRefused extends Error {
  override name = 'MessageRefused'
}

/** Publishes messages, over one connection. */
export type Line = Pick<Bridge, 'publish'>

/**
 * A connection to a broker. Every adapter passes the conformance suite in `conformance.ts`.
 * It connects at the first publish, and anew after every cut.
 */
export type Bridge = {
  /**
   * Publishes messages. Of those with the same key, each is sent once the broker has confirmed the one before, or in one
   * indivisible step with it: one that was not taken has no successors at the broker.
   * @param signal ends the wait for a broker that does not answer
   * @returns once the broker has confirmed, and stored, all of them
   * @throws MessageRefused when it refused one of them for good: then some of the others may have been published
   * @throws Unavailable when it is unknown which were published; repeat all of them
   * @throws the signal's reason
   */
  readonly publish: (messages: readonly BridgeMessage[], signal?: AbortSignal) => Promise<void>
  /**
   * Begins a line of calls that may overlap: the messages of a later call are sent beside those of earlier ones, but not past
   * one of their key. Once a call has failed, those beside it and all later ones fail, and none of their messages is sent.
   * Left out where one call has to follow the other.
   */
  readonly line?: () => Line
  /** Closes the connection; a broker that does not answer is not waited for. */
  readonly close: () => Promise<void>
}
