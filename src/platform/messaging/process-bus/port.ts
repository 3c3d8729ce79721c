/**
 * Messages between processes that are not in the log and need not be durable. A message is delivered once to every process
 * that subscribes, in the order of its sender, also over an outage of the store that is shorter than the timeout. Messages
 * sent before a listener subscribed are not delivered.
 */
export type ProcessBus = {
  /**
   * Sends a message to all processes, including this one.
   * @param topic the topic; only its listeners receive the message
   * @param message a JSON value
   * @returns resolves when the store has the message
   * @throws Unavailable when the store was unavailable for too long, or too many messages wait; some processes may receive
   *   the message all the same
   */
  readonly publish: (topic: string, message: unknown) => Promise<void>
  /**
   * Calls a listener with every message of a topic. Errors of the listener are reported by `onError`.
   * @returns unsubscribes
   */
  readonly subscribe: (topic: string, listener: (message: unknown) => void) => () => void
  /** Flushes pending messages, for half a second at most, and ends the bus. */
  readonly close: () => Promise<void>
}

/** Options of a process bus. */
export type ProcessBusOptions = {
  /** Time that a message waits for an unavailable store, in ms; default 30,000. */
  readonly timeoutMs?: number
  /** Called with every failure that the bus recovers from. */
  readonly onError?: (error: unknown) => void
}
