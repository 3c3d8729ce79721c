/** Whether calls go through: `open` stops them all, `half-open` lets one try. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/**
 * A circuit breaker (M. Nygard, Release It!, 2007): keeps calls from an instance that does not answer. Each call is
 * begun, and its end reported by `succeeded` or `failed` with what `begin` returned.
 */
export type Breaker = {
  readonly state: () => BreakerState
  /** Whether a call would be let through just now. */
  readonly isPassable: () => boolean
  /** Begins a call that is let through. @returns whether it is the one call that tries an open breaker */
  readonly begin: () => boolean
  readonly succeeded: (isTrial: boolean) => void
  readonly failed: (isTrial: boolean, error: unknown) => void
}

/** A call took too long, of an instance that answers others: it counts as no failure of the instance. */
export class TooSlow extends Error {
  override name = 'TooSlow'
}

/**
 * The client of a call went away before the instance had time enough to answer: that says nothing of the instance. It
 * counts as no failure, except of the one call that tries an instance again.
 */
export class Abandoned extends Error {
  override name = 'Abandoned'
}

/** An instance is of an older version and does not have what was asked for: that is no failure of the instance. */
export class OlderVersion extends Error {
  override name = 'OlderVersion'
}

/** When a breaker opens, and for how long. */
export type Breaking = {
  /** So many failures in a row open it. Default: 5. */
  readonly failures?: number
  /** After so long, in ms, one call may try. Default: 2,000. */
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
}: Breaking & { readonly changed: (state: BreakerState) => void }): Breaker => {
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
      // What began before the breaker opened says nothing of the instance as it is now.
      else if (state === 'closed') failuresInARow = 0
    },
    failed: (isTrial, error) => {
      const isExcused = error instanceof TooSlow || error instanceof OlderVersion
      if (isTrial) {
        become(isExcused ? 'closed' : 'open')
        // Says nothing of the instance: the next call tries at once.
        if (error instanceof Abandoned) openUntil = 0
        return
      }
      if (state !== 'closed' || isExcused || error instanceof Abandoned) return
      failuresInARow += 1
      if (failuresInARow >= most) become('open')
    },
  }
}
