/**
 * What processes tell each other and the log does not: nothing that has to last. A message comes to every process that
 * listens, once, and in the order in which its teller told it; also when the store was away meanwhile, if that was not
 * for too long. What came before somebody began to listen is not heard.
 */
export type Between = {
  /**
   * Tells all processes, this one too.
   * @param topic what it is about; only who listens for that hears it
   * @param message anything that JSON can say, the same afterwards
   * @returns when the store has it
   * @throws Unavailable when the store was away for too long, or too much waits for it; some may hear it all the same
   */
  readonly tell: (topic: string, message: unknown) => Promise<void>
  /**
   * Calls a listener with every message about a topic. What it throws is told as an error of this process, no more.
   * @returns ends that
   */
  readonly hear: (topic: string, listener: (message: unknown) => void) => () => void
  /** Lets what was told go out, for a moment, and ends. */
  readonly close: () => Promise<void>
}

/** What a way between processes may be told. */
export type BetweenOptions = {
  /** How long a message waits for a store that is away, ms; default 30,000. */
  readonly patience?: number
  /** Told of every failure that it recovers from. */
  readonly onError?: (error: unknown) => void
}
