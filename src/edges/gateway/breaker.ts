/** State of a breaker: `closed` admits calls, `open` rejects them, `half-open` waits for the outcome of one trial. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/**
 * A circuit breaker (M. Nygard, Release It!, 2007): stops calls to an instance that does not answer. The caller calls
 * `begin` for each call, and reports its outcome by `succeeded` or `failed` with the result of `begin`.
 */
export type Breaker = {
  readonly state: () => BreakerState
  /** Whether the breaker would admit a call now. */
  readonly isPassable: () => boolean
  /** Registers an admitted call. @returns whether the call is the trial of an open breaker */
  readonly begin: () => boolean
  readonly succeeded: (isTrial: boolean) => void
  readonly failed: (isTrial: boolean, error: unknown) => void
}

/** A call timed out while its instance answered others: not a failure of the instance. */
export class TooSlow extends Error {
  override name = 'TooSlow'
}

/**
 * The client of a call disconnected before an answer was due: not a failure of the instance. A trial that ends so is
 * inconclusive, and the breaker opens again.
 */
export class Abandoned extends Error {
  override name = 'Abandoned'
}

/** An instance runs an older version without the requested route: not a failure of the instance. */
export class OlderVersion extends Error {
  override name = 'OlderVersion'
}

/** When a breaker opens, and for how long. */
export type BreakerOptions = {
  /** Number of failures in a row that open the breaker. Default: 5. */
  readonly failures?: number
  /** Time before an open breaker admits a trial, in ms. Default: 2,000. */
  readonly rest?: number
}

/**
 * A breaker of one instance. While it is closed, a call costs two comparisons.
 * @param options.changed called with every new state
 */
export const breaker = ({
  failures: most = 5,
  rest = 2_000,
  changed,
}: BreakerOptions & { readonly changed: (state: BreakerState) => void }): Breaker => {
  let state: BreakerState = 'closed'
  let failuresInARow = 0
  let openUntil = 0
  const become = (next: BreakerState): void => {
    state = next
    failuresInARow = 0
    if (next === 'open') openUntil = performance.now() + rest
    changed(next)
  }
  return {
    state: () => state,
    isPassable: () => state === 'closed' || (state === 'open' && performance.now() >= openUntil),
    begin: () => {
      if (state !== 'open') return false
      become('half-open')
      return true
    },
    succeeded: (isTrial) => {
      if (isTrial) become('closed')
      // A call from before the breaker opened says nothing about the present state of the instance.
      else if (state === 'closed') failuresInARow = 0
    },
    failed: (isTrial, error) => {
      const isExcused = error instanceof TooSlow || error instanceof OlderVersion
      if (isTrial) {
        become(isExcused ? 'closed' : 'open')
        // The trial was inconclusive: the next call is a trial without a rest.
        if (error instanceof Abandoned) openUntil = 0
        return
      }
      if (state !== 'closed' || isExcused || error instanceof Abandoned) return
      failuresInARow += 1
      if (failuresInARow >= most) become('open')
    },
  }
}
