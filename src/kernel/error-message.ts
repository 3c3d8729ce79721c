/** Returns the message of a thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Returns the stack of a thrown value, for a dead letter: at most 4,000 characters. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 4_000) : String(error)
