/** A message from another system, with a command. */
export type CommandDelivery = {
  readonly content: Buffer
  /** Properties of the message, as its sender has set them; none is validated. */
  readonly messageId: unknown
  readonly correlationId: unknown
  /** Whether the sender waits for an answer, in a queue that is one for answers. */
  readonly isAnswered: boolean
  /** The header `authorization`. */
  readonly authorization: unknown
  /** Why it must not be carried out, whatever its command is. */
  readonly fault?: Fault
}

/** What is wrong with a message besides its command. */
export type Fault = { readonly status: 400 | 500; readonly reason: string }

/**
 * What becomes of a message: an answer for a sender who waits, and a dead letter, or neither; or `later`: it is delivered
 * again after a pause, and others have their turn.
 */
export type Settlement =
  | 'later'
  | {
      /** JSON; sent only if the sender waits for an answer. */
      readonly answer: unknown
      /** Why the message is left for a person to look at; without its body where that may have secrets. */
      readonly dead?: {
        readonly status: number
        readonly reason: string
        readonly isSecret?: boolean
      }
    }

/** A queue of commands from other systems. */
export type CommandQueue = {
  /**
   * Takes messages until it is closed, a limited number at once. A message is acknowledged once its settlement is stored;
   * until then it is delivered again after a crash or a cut.
   * @param handle works on one message. Where it throws, the message is put back
   */
  readonly take: (
    handle: (delivery: CommandDelivery, signal: AbortSignal) => Promise<Settlement>,
  ) => {
    /** Takes no more messages, and waits for those that are worked on, for a limited time. */
    readonly close: () => Promise<void>
  }
}
