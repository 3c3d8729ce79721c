import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel'

/** Whether calls go through: `open` stops them all, `half-open` lets one try. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Keeps calls from whoever does not answer. */
export type Breaker = {
  readonly state: () => BreakerState
  /** Whether a call would be let through just now. */
  readonly isPassable: () => boolean
  /** Calls, and counts how it went. @throws what the call throws; BrokenCircuitError when it is not let through */
  readonly execute: <T>(call: () => Promise<T>) => Promise<T>
}

/** A call took too long, of somebody who is well: it counts as no failure of theirs. */
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

/** An instance is of an older version and does not have what was asked for: that is no failure of its. */
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

const names: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
}

/** @param options.changed told of every new state */
export const breaker = ({
  failures = 5,
  rest = 2_000,
  changed,
}: Breaking & { readonly changed: (state: BreakerState) => void }): Breaker => {
  const isFailure = (error: unknown): boolean => {
    // In the half-open state, whatever is no failure closes the breaker.
    if (error instanceof Abandoned) return policy.state === CircuitState.HalfOpen
    return !(error instanceof TooSlow || error instanceof OlderVersion)
  }
  const policy: CircuitBreakerPolicy = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: rest,
    breaker: new ConsecutiveBreaker(failures),
  })
  let openUntil = 0
  policy.onStateChange((state) => {
    if (state === CircuitState.Open) openUntil = performance.now() + rest
    changed(names[state])
  })
  return {
    state: () => names[policy.state],
    isPassable: () =>
      policy.state === CircuitState.Closed ||
      (policy.state === CircuitState.Open && performance.now() >= openUntil),
    execute: (call) => policy.execute(call),
  }
}
