/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** The stack of whatever was thrown, for a dead letter: 4,000 characters at most. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 4_000) : String(error)
