import type { Counters } from '../../../platform/security/counters/port.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import { Problem } from '../../../serving/problem.ts'

/** Delay of attempts: a number of free ones, then each waits twice as long as the one before. */
type Pace = {
  readonly free: number
  /** First and longest wait, in ms. */
  readonly first: number
  readonly most: number
}

/** Time without a success after which the count is reset, in ms. */
const window = 60 * 60_000

/** Attempts from one address for one account. */
const fromPlace: Pace = { free: 5, first: 1_000, most: 15 * 60_000 }

/** Attempts for one account from all addresses. Waits are short, as the owner may use a new device as well. */
const fromAnywhere: Pace = { free: 30, first: 1_000, most: 30_000 }

/** Attempts on a known device of the owner, which attempts from elsewhere do not delay. */
const onDevice: Pace = { free: 10, first: 1_000, most: 60_000 }

/** An attempt with a password. */
export type Attempt = {
  /** Key of the account, existing or not. */
  readonly subject: string
  readonly ip: string
  /** Id of a known device of the account's owner. */
  readonly device: string | undefined
}

/** Delays password guessing without locking users out. */
export type Lockout = {
  /**
   * Called before a password is verified; the attempt counts as a failure until `succeeded`.
   * @returns the number of consecutive failures, this attempt included
   * @throws Problem 429 with the time to wait
   */
  readonly enter: (attempt: Attempt) => Promise<number>
  /** Resets the counts after a correct password. */
  readonly succeeded: (attempt: Attempt) => Promise<void>
}

const tooMany = (ms: number): Problem => {
  const retryAfter = Math.max(1, Math.ceil(ms / 1_000))
  return new Problem(
    429,
    'too_many_attempts',
    `That was tried too often; wait ${retryAfter} s, or set a new password by mail.`,
    undefined,
    { retryAfter },
  )
}

/** Returns the counts that an attempt has to pass with their limits, in order. */
const gatesOf = ({ subject, ip, device }: Attempt): readonly (readonly [string, Pace])[] =>
  device === undefined
    ? [
        [`place:${subject}:${networkOf(ip)}`, fromPlace],
        [`account:${subject}`, fromAnywhere],
      ]
    : [[`device:${subject}:${device}`, onDevice]]

/**
 * Counts attempts for an account from each address, from all addresses, and on each known device of its owner (OWASP
 * Authentication Cheat Sheet, "Device cookies"). A delayed attempt does not reach the next count, so that one address
 * cannot use up the free attempts of all.
 */
export const lockout = (counters: Counters): Lockout => ({
  enter: async (attempt) => {
    let failures = 1
    for (const [key, { free, first, most }] of gatesOf(attempt)) {
      failures = (await counters.add(`tries:${key}`, window)).count
      if (failures <= free) continue
      const wait = Math.min(first * 2 ** (failures - free - 1), most)
      // The first attempt after a wait is permitted and starts the next wait.
      const { count, resetMs } = await counters.add(`wait:${key}`, wait)
      if (count > 1) throw tooMany(resetMs)
    }
    return failures
  },
  succeeded: async (attempt) => {
    await Promise.all(
      gatesOf(attempt).flatMap(([key]) => [
        counters.clear(`tries:${key}`),
        counters.clear(`wait:${key}`),
      ]),
    )
  },
})

/**
 * Limits the number of requests in a window of time.
 * @param key key of the count
 * @param windowMs length of the window, in ms
 * @throws Problem 429 with the time to wait
 */
export const allowOnly = async (
  counters: Counters,
  key: string,
  most: number,
  windowMs: number,
): Promise<void> => {
  const { count, resetMs } = await counters.add(key, windowMs)
  if (count > most) throw tooMany(resetMs)
}

/** Returns whether a failure is recorded: the first in a row, and each time their number has doubled. */
export const isWorthNoting = (failures: number): boolean => Number.isInteger(Math.log2(failures))
