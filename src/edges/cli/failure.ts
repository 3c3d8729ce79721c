/** Something that the CLI ends with, said in a sentence that tells what to do about it. Exit code 1. */
export class Failed extends Error {
  override name = 'Failed'
}

/** What was asked for cannot be meant. Exit code 2. */
export class BadUsage extends Error {
  override name = 'BadUsage'
}
