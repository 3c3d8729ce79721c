/** A database or provider cannot be reached at present. Clients are answered with 503; internal callers retry. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}
