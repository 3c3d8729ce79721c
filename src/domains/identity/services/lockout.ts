import type { Counters } from '../../../platform/security/counters/port.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import { Problem } from '../../../serving/problem.ts'

/** How tries are slowed: so many are free, then each has to wait twice as long as the one before. */
type Pace = {
  readonly free: number
  /** The first and the longest wait, in ms. */
  readonly first: number
  readonly most: number
}

/** After this time without a success, in ms, tries are counted from one again. */
const window = 60 * 60_000

/** From one place, for one account. */
const fromPlace: Pace = { free: 5, first: 1_000, most: 15 * 60_000 }

/** For one account, from anywhere. Waits are short, for whoever owns it may be new on a device as well. */
const fromAnywhere: Pace = { free: 30, first: 1_000, most: 30_000 }

/** On a device that its owner has signed in on before: nobody elsewhere can make it wait. */
const onDevice: Pace = { free: 10, first: 1_000, most: 60_000 }

/** Who tries a password, and for whom. */
export type Attempt = {
  /** Stands for the account, whether there is one or not. */
  readonly subject: string
  readonly ip: string
  /** The device's id, where the account's owner has signed in on it before. */
  readonly device: string | undefined
}

/** Delays password guessing, without letting it lock users out. */
export type Lockout = {
  /**
   * To be called before a password is looked at, and counts as a failure until `succeeded`.
   * @returns how many have failed in a row, this one included
   * @throws Problem 429 with how long to wait
   */
  readonly enter: (attempt: Attempt) => Promise<number>
  /** The password was right: what was counted is forgotten. */
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

/** The counts and paces that a try has to pass, in order. */
const gatesOf = ({ subject, ip, device }: Attempt): readonly (readonly [string, Pace])[] =>
  device === undefined
    ? [
        [`place:${subject}:${networkOf(ip)}`, fromPlace],
        [`account:${subject}`, fromAnywhere],
      ]
    : [[`device:${subject}:${device}`, onDevice]]

/**
 * One count for an account from each place, one from anywhere, and one for each device that its owner is known on
 * (OWASP Authentication Cheat Sheet, "Device cookies"). A try that has to wait does not reach the next gate, so that
 * one place cannot use up what is free from anywhere.
 */
export const lockout = (counters: Counters): Lockout => ({
  enter: async (attempt) => {
    let failures = 1
    for (const [key, { free, first, most }] of gatesOf(attempt)) {
      failures = (await counters.add(`tries:${key}`, window)).count
      if (failures <= free) continue
      const wait = Math.min(first * 2 ** (failures - free - 1), most)
      // The first one within a wait begins it, and is let pass.
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
 * Lets so many pass within a window, and no more.
 * @param key what is counted
 * @param windowMs ms
 * @throws Problem 429 with how long to wait
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

/** Whether a failure is worth an event: the first in a row, and each time their number has doubled. */
export const isWorthNoting = (failures: number): boolean => Number.isInteger(Math.log2(failures))
