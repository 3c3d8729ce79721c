import type { Static } from 'typebox'
import type { Caller } from './caller.ts'
import type { Answer, Messages } from './message.ts'

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
