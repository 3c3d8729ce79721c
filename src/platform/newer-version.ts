/**
 * An event that this version of Agora cannot fold, or a command that it cannot decide: a newer version, which may be running
 * beside this one, or another program has recorded it. Work that needs it is left to that version, or waits for it.
 */
export class NewerVersion extends Error {
  override name = 'NewerVersion'
  /** Type of the event; of a command, with its decider. */
  readonly type: string
  readonly stream: string
  /** No version of Agora has recorded it, so that waiting for a newer one is in vain. */
  readonly isForeign: boolean
  constructor(
    { type, stream }: { readonly type: string; readonly stream: string },
    why: string,
    { isForeign = false, ...options }: ErrorOptions & { readonly isForeign?: boolean } = {},
  ) {
    super(why, options)
    this.type = type
    this.stream = stream
    this.isForeign = isForeign
  }
}
