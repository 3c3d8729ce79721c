/** A command line is invalid; the message says what to give instead. */
export class BadArguments extends Error {
  override name = 'BadArguments'
}
