import { Unavailable } from './unavailable.ts'

/** Pause between two attempts while a server is away, in ms; calls in between fail at once. */
const attemptEvery = 1_000

/** Whether a server answers, and attempts to call it. */
export type Availability = {
  /**
   * Calls the server. While it is away, one call a second tries; the others fail at once.
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
}

/**
 * Watches whether a server answers. Drivers take seconds to give up: callers that try one that is away would all wait.
 * @param name of the server, for messages
 * @param options.onChange called when it stops answering, and when it answers again
 * @param options.now clock in ms, for tests
 */
export const createAvailability = (
  name: string,
  {
    onChange = () => undefined,
    now = () => performance.now(),
  }: {
    readonly onChange?: ((isUp: boolean, error?: unknown) => void) | undefined
    readonly now?: (() => number) | undefined
  } = {},
): Availability => {
  let isUp = true
  let lastFailure: unknown
  /** While it is away: the end of the last attempt, in ms; infinite while one is under way. */
  let lastAttempt = -Infinity
  const report = (isAnswering: boolean, error?: unknown): void => {
    lastFailure = error
    lastAttempt = now()
    if (isAnswering === isUp) return
    isUp = isAnswering
    onChange(isAnswering, error)
  }
  return {
    attempt: async (work, isAnswer = () => false) => {
      if (!isUp) {
        if (now() - lastAttempt < attemptEvery)
          throw new Unavailable(`${name} is away; it is tried again every second`, {
            cause: lastFailure,
          })
        lastAttempt = Infinity
      }
      try {
        const answer = await work()
        report(true)
        return answer
      } catch (error) {
        const isFailure = error instanceof Unavailable && error.name === 'Unavailable'
        if (isFailure && !isAnswer(error.cause)) report(false, error)
        else report(true)
        throw error
      }
    },
    isUp: () => isUp,
  }
}
