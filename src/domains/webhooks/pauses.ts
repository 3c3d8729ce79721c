const [second, hour] = [1_000, 60 * 60_000]

/** Pause after the first failed attempt, in ms; doubled with each further one. */
const firstPause = 5 * second
/** Longest pause between attempts, in ms. */
const longestPause = 6 * hour

/** How long a delivery is tried before it is given up, in ms. */
export const triedFor = 3 * 24 * hour

/**
 * Pause after a failed attempt, in ms: exponential, and spread by a quarter to both sides, so that deliveries which failed
 * together are not repeated together.
 * @param attempt number of the failed attempt, from 1
 * @param jitter from 0 to 1
 */
export const pauseAfter = (attempt: number, jitter: number): number =>
  Math.round(Math.min(firstPause * 2 ** (attempt - 1), longestPause) * (0.75 + jitter / 2))

/**
 * Deliveries of a webhook that a round of retries lets be sent at once: they end within a minute at an endpoint that takes the
 * longest time for each of four requests at once, so that hardly any is postponed again.
 */
export const sentAtOnce = 16

/** Failed attempts in a row after which an endpoint gets single trials only, with pauses between them. */
export const trialsAfter = 5

/** Pause between trials of an endpoint, in ms: half a minute, doubled with each further failure up to five minutes. */
export const trialPause = (failuresInARow: number): number =>
  Math.min(30 * second * 2 ** (failuresInARow - trialsAfter), 300 * second)
