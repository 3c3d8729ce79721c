/**
 * What processes tell each other and the log does not: nothing that has to last. A message comes to every process that
 * listens, once, and in the order in which its sender sent it; also when the store was away meanwhile, if that was not
 * for too long. Messages sent before a listener subscribed are not delivered.
 */
export type Between = {
  /**
   * Sends a message to all processes, this one too.
   * @param topic the topic; only its listeners receive the message
   * @param message anything that JSON can say, the same afterwards
   * @returns when the store has it
   * @throws Unavailable when the store was away for too long, or too much waits for it; some may hear it all the same
   */
  readonly tell: (topic: string, message: unknown) => Promise<void>
  /**
   * Calls a listener with every message about a topic. What it throws is only reported as an error of this process.
   * @returns ends that
   */
  readonly hear: (topic: string, listener: (message: unknown) => void) => () => void
  /** Flushes pending messages, for a moment at most, and ends. */
  readonly close: () => Promise<void>
}

/** Options of a bus between processes. */
export type BetweenOptions = {
  /** How long a message waits for a store that is away, ms; default 30,000. */
  readonly patience?: number
  /** Told of every failure that it recovers from. */
  readonly onError?: (error: unknown) => void
}
