/** Remembers how far those who follow the log have come, where nothing else does. */
export type Checkpoints = {
  /** 0n for one that has not begun. */
  readonly load: (name: string) => Promise<bigint>
  /** Moves on, if it still is where it was. @returns false when someone else has moved it */
  readonly save: (name: string, from: bigint, to: bigint) => Promise<boolean>
}
