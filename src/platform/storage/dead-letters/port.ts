/** Who could not go on: a generation of a projection, or a saga (generation 0). */
export type Follower = {
  readonly kind: 'projection' | 'saga'
  readonly name: string
  readonly generation: number
}

/** A document, or a run of a saga, that failed for good: it stands still until a person has mended the cause. */
export type DeadLetter = Follower & {
  readonly id: string
  readonly key: string
  /** The event that failed first; nothing from there on has been taken in. */
  readonly position: bigint
  readonly type: string
  readonly error: string
  readonly attempts: number
  /** When it last failed, ISO 8601 in UTC. */
  readonly at: string
}

/** Keeps what waits for a person. */
export type DeadLetters = {
  /** Parks a key; one that is parked keeps its place, and counts one more attempt. */
  readonly park: (
    follower: Follower,
    letter: Pick<DeadLetter, 'key' | 'position' | 'type' | 'error'>,
  ) => Promise<void>
  /** The parked ones of a follower; of all, newest first, when none is named. */
  readonly list: (follower?: Follower) => Promise<readonly DeadLetter[]>
  /** Asks the one who runs the follower to try again. @returns false when there is no such letter */
  readonly requestRetry: (id: string) => Promise<boolean>
  /** Those to be tried again. */
  readonly requested: (follower: Follower) => Promise<readonly DeadLetter[]>
  /** Forgets a letter: its key goes on. */
  readonly resolve: (id: string) => Promise<void>
}
