/** Checkpoints of followers that store no position of their own. */
export type Checkpoints = {
  /** Returns a checkpoint; 0n if it was never saved. */
  readonly load: (name: string) => Promise<bigint>
  /**
   * Creates a checkpoint that was never saved; one that exists stays where it is, even at 0. It is on disk once this has
   * resolved.
   */
  readonly begin: (name: string, position: bigint) => Promise<void>
  /** Moves a checkpoint. @returns false if it is not at `from`, because another process has moved it */
  readonly save: (name: string, from: bigint, to: bigint) => Promise<boolean>
}
