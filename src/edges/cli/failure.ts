/** A failure of a command; the message explains what to do. Exit code 1. */
export class Failed extends Error {
  override name = 'Failed'
}

/** Invalid use of a command or its options. Exit code 2. */
export class BadUsage extends Error {
  override name = 'BadUsage'
}
