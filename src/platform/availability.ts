import type { OutboundStatus, Policy } from './outbound/port.ts'
import { Unavailable } from './unavailable.ts'

/** Default: a server is away after one failure, and tried again every second. */
const defaults = { failures: 1, restMs: 1_000 }

/** Whether a server answers, and attempts to call it. */
export type Availability = {
  /**
   * Calls the server. While it is away, one call in each rest tries; the others fail at once.
   * @param work throws `Unavailable` when the server has failed; other errors are about an answer: a collection that is not
   *   there, a document that was refused
   * @param isAnswer whether the cause of an `Unavailable` shows that the server has answered; default: none does
   */
  readonly attempt: <T>(
    work: () => Promise<T>,
    isAnswer?: (cause: unknown) => boolean,
  ) => Promise<T>
  /** Whether the last call was answered. */
  readonly isUp: () => boolean
  readonly status: () => OutboundStatus
}

/**
 * Watches whether a server answers: a circuit breaker. Drivers take seconds to give up: callers that try one that is away would all wait.
 * @param name of the server, for messages
 * @param options.policy after how many failures in a row it counts as away, and how often it is tried then; default: after
 *   one, every second
 * @param options.onChange called when it stops answering, and when it answers again
 * @param options.now clock in ms, for tests
 */
export const createAvailability = (
  name: string,
  {
    policy: { failures, restMs } = defaults,
    onChange = () => undefined,
    now = () => performance.now(),
  }: {
    readonly policy?: Pick<Policy, 'failures' | 'restMs'>
    readonly onChange?: ((isUp: boolean, error?: unknown) => void) | undefined
    readonly now?: (() => number) | undefined
  } = {},
): Availability => {
  let isUp = true
  let failuresInARow = 0
  let failed = 0
  let rejected = 0
  let lastFailure: unknown
  /** While it is away: the end of the last attempt, in ms; infinite while one is under way. */
  let lastAttempt = -Infinity
  /** Number of the present state, which a change and each trial begin: outcomes of calls that began earlier say nothing. */
  let nth = 0
  const report = (begun: number, isAnswering: boolean, error?: unknown): void => {
    if (!isAnswering) failed += 1
    if (begun !== nth) return
    failuresInARow = isAnswering ? 0 : failuresInARow + 1
    lastFailure = error
    lastAttempt = now()
    if (isAnswering === isUp || (!isAnswering && failuresInARow < failures)) return
    isUp = isAnswering
    nth += 1
    onChange(isAnswering, error)
  }
  return {
    attempt: async (work, isAnswer = () => false) => {
      if (!isUp) {
        if (now() - lastAttempt < restMs) {
          rejected += 1
          const again = restMs === 1_000 ? 'every second' : `every ${restMs / 1_000} s`
          throw new Unavailable(`${name} is away; it is tried again ${again}`, {
            cause: lastFailure,
          })
        }
        lastAttempt = Infinity
        nth += 1
      }
      const begun = nth
      try {
        const answer = await work()
        report(begun, true)
        return answer
      } catch (error) {
        const isFailure = error instanceof Unavailable && error.name === 'Unavailable'
        if (isFailure && !isAnswer(error.cause)) report(begun, false, error)
        else report(begun, true)
        throw error
      }
    },
    isUp: () => isUp,
    status: () => ({
      state: isUp ? 'closed' : lastAttempt === Infinity ? 'half-open' : 'open',
      failed,
      rejected,
    }),
  }
}
