/** The follower that failed: a generation of a projection, or a saga (generation 0). */
export type Follower = {
  readonly kind: 'projection' | 'saga'
  readonly name: string
  readonly generation: number
}

/** A document, or a run of a saga, that failed for good: it is parked until an operator has corrected the cause and retries it. */
export type DeadLetter = Follower & {
  readonly id: string
  readonly key: string
  /** Position of the event that failed first; neither it nor later events of the key have been processed. */
  readonly position: bigint
  readonly type: string
  readonly error: string
  readonly attempts: number
  /** When it last failed, ISO 8601 in UTC. */
  readonly at: string
}

/**
 * Types of letters that stand for no failed event, but for an operator's request: to fold one document of a projection
 * from the start of the log, or to remove it.
 */
export const requestTypes = { refold: 'refold', removal: 'removal' } as const

/** Store of the dead letters of projections and sagas. */
export type DeadLetters = {
  /** Parks a key; a key that is parked already keeps its position, and its attempts increase by one. */
  readonly park: (
    follower: Follower,
    letter: Pick<DeadLetter, 'key' | 'position' | 'type' | 'error'>,
  ) => Promise<void>
  /**
   * Parks a key by a request of an operator, whose retry is requested at once: all in one step. The letter of a key that is
   * parked already becomes the request; it keeps its position, from which on the key has not been processed.
   */
  readonly request: (
    follower: Follower,
    letter: Pick<DeadLetter, 'key' | 'position' | 'type' | 'error'>,
  ) => Promise<void>
  /** Returns the dead letters of a follower; without one, those of all, newest first. */
  readonly list: (follower?: Follower) => Promise<readonly DeadLetter[]>
  /** Returns the numbers of dead letters by kind and name, of those that have some. */
  readonly counts: () => Promise<
    readonly (Pick<Follower, 'kind' | 'name'> & { readonly count: number })[]
  >
  /** Requests a retry from the process that runs the follower. @returns false if there is no such letter */
  readonly requestRetry: (id: string) => Promise<boolean>
  /** Returns the dead letters whose retry was requested. */
  readonly requested: (follower: Follower) => Promise<readonly DeadLetter[]>
  /** Removes a letter, so that its key is processed again. */
  readonly resolve: (id: string) => Promise<void>
}
