import type { Static } from 'typebox'
import type { Caller } from './caller.ts'
import type { Answer, Messages } from './message.ts'

/** One socket, for handlers that need more than a question and its answer. */
export type Connection<
  Client extends Messages['client'] = Messages['client'],
  Server extends Messages['server'] = Messages['server'],
> = {
  readonly caller: Caller
  /** Aborted when the socket disconnects. */
  readonly disconnected: AbortSignal
  /**
   * Handles a question; its payload has been validated.
   * @param handle answers once by `reply`, and may continue afterwards; an error thrown before is answered as a refusal
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
   * Resolves once the client's buffer has room for another message; waiting for it before each message bounds the memory
   * of a slow client.
   * @param signal ends the wait; the caller aborts it when the socket disconnects
   * @throws the signal's reason
   */
  readonly ready: (signal: AbortSignal) => Promise<void>
}

/** An open channel in one process. */
export type Opened<C = Connection> = {
  /** Called with each socket as it connects. */
  readonly connected: (connection: C) => void
  /** Resolves once the signal has ended the channel. */
  readonly over: Promise<void>
}
