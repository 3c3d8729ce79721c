/** The follower that failed: a generation of a projection, a saga, or the publisher to a broker (both generation 0). */
export type Follower = {
  readonly kind: 'projection' | 'saga' | 'bridge'
  readonly name: string
  readonly generation: number
}

/** A document, a run of a saga, or a published stream that failed for good: it is parked until an operator has corrected the cause and retries it. */
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
 * from the start of the log, or to remove it; or to leave out the event of a published stream that the broker refused,
 * or to publish it all the same (a retry in place of a skip).
 */
export const requestTypes = {
  refold: 'refold',
  removal: 'removal',
  skip: 'skip',
  retry: 'retry',
} as const

/** Most letters that a list of all followers has. */
export const mostListed = 1_000

/** Store of the dead letters of projections and sagas. */
export type DeadLetters = {
  /**
   * Parks a key; a key that is parked already keeps its position, and its attempts increase by one. Its request is answered:
   * at the same position, the letter gets the type of what failed.
   * @param answered the type of the letter whose request failed: a request of another type came later, and stays
   */
  readonly park: (
    follower: Follower,
    letter: Pick<DeadLetter, 'key' | 'position' | 'type' | 'error'>,
    answered?: string,
  ) => Promise<void>
  /**
   * Parks a key by a request of an operator, whose retry is requested at once: all in one step. The letter of a key that is
   * parked already becomes the request; it keeps its position, from which on the key has not been processed.
   */
  readonly request: (
    follower: Follower,
    letter: Pick<DeadLetter, 'key' | 'position' | 'type' | 'error'>,
  ) => Promise<void>
  /** Moves a letter on to a later event of its key, as those before have been processed. */
  readonly advance: (
    id: string,
    to: Pick<DeadLetter, 'position' | 'type' | 'error'>,
  ) => Promise<void>
  /** Returns the dead letters of a follower; without one, the newest {@link mostListed} of all, the newest first. */
  readonly list: (follower?: Follower) => Promise<readonly DeadLetter[]>
  /** Returns a dead letter, however old; undefined if there is none of this id. */
  readonly find: (id: string) => Promise<DeadLetter | undefined>
  /** Returns the numbers of dead letters by kind and name, of those that have some. */
  readonly counts: () => Promise<
    readonly (Pick<Follower, 'kind' | 'name'> & { readonly count: number })[]
  >
  /**
   * Requests a retry from the process that runs the follower, in place of a skip that was requested before.
   * @returns false if there is no such letter
   */
  readonly requestRetry: (id: string) => Promise<boolean>
  /**
   * Requests that a bridge leaves out the event at a position, if the letter of its stream still stands there.
   * @returns false if there is no such letter, it is not one of a bridge, or it is at another position
   */
  readonly requestSkip: (id: string, position: bigint) => Promise<boolean>
  /** Returns the dead letters whose retry was requested. */
  readonly requested: (follower: Follower) => Promise<readonly DeadLetter[]>
  /** Removes a letter, so that its key is processed again. */
  readonly resolve: (id: string) => Promise<void>
}
