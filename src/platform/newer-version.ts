/**
 * An event that this version of Agora cannot fold, or a command that it does not take: a newer version has recorded it,
 * which may be running beside this one, or another program has. What needs it is left to that version, or waits for it.
 */
export class NewerVersion extends Error {
  override name = 'NewerVersion'
  /** The type of the event; of a command, with the decider that takes it. */
  readonly type: string
  readonly stream: string
  /** No version of Agora has recorded it: nobody is waited for. */
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
