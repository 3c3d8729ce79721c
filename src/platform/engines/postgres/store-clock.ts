import type { Database } from './database.ts'

/** The clock of the store that processes share; its time is the same in all of them. */
export type StoreClock = {
  /** Returns the present time. */
  readonly now: () => Date
  readonly close: () => Promise<void>
}

/** Longest round trip of a measurement, in ms; a slower one is too inaccurate. */
const quick = 1_000

/** Difference between the changes of the wall clock and the monotonic clock, in ms, from which the machine slept or was set. */
const jump = 1_000

/** Delay before a measurement after a jump is repeated, in ms. */
const retryMs = 1_000

/**
 * The clock of PostgreSQL, advanced between measurements by the monotonic clock of this process: differences between the
 * clocks of machines, and changes of them, do not affect ages that are computed across processes. Its error is at most half a
 * round trip. When the clock of PostgreSQL is set, all processes follow within `every`. The monotonic clock stands still while
 * a machine sleeps: the first read after a sleep returns the old time, and starts a measurement.
 * @param options.every interval of measurements, in ms; each is one statement
 * @param options.monotonic monotonic clock, in ms
 * @param options.wall wall clock of the machine, in ms; only its jumps against `monotonic` matter
 * @param options.onError called with the error of each failed measurement; the last successful one stays in effect
 * @throws Unavailable when PostgreSQL cannot be reached at the start
 */
export const storeClock = async (
  database: Pick<Database, 'query'>,
  {
    every = 30_000,
    monotonic = () => performance.now(),
    wall = () => Date.now(),
    onError = () => undefined,
  }: {
    readonly every?: number
    readonly monotonic?: () => number
    readonly wall?: () => number
    readonly onError?: (error: unknown) => void
  } = {},
): Promise<StoreClock> => {
  /** Time of PostgreSQL minus the monotonic clock, in ms. */
  let offset: number | undefined
  /** Wall clock minus monotonic clock, in ms. */
  const lead = (): number => wall() - monotonic()
  const hasJumped = (since: number): boolean => Math.abs(lead() - since) > jump
  let leadThen = lead()

  const measure = async (): Promise<void> => {
    const leadBefore = lead()
    const sent = monotonic()
    const [row] = await database.query<{ ms: number }>({
      name: 'store-clock',
      text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    })
    const took = monotonic() - sent
    if (row && (offset === undefined || (took <= quick && !hasJumped(leadBefore)))) {
      offset = row.ms - (sent + took / 2)
      leadThen = leadBefore
    }
  }

  await measure()
  let measuring = Promise.resolve()
  const measureAnew = (): Promise<void> => (measuring = measuring.then(measure).catch(onError))
  const timer = setInterval(() => void measureAnew(), every)
  timer.unref()

  let isFollowing = false
  let notBefore = -Infinity
  const followJump = async (): Promise<void> => {
    if (isFollowing || monotonic() < notBefore) return
    isFollowing = true
    notBefore = monotonic() + retryMs
    await measureAnew()
    isFollowing = false
  }

  return {
    now: () => {
      if (hasJumped(leadThen)) void followJump()
      return new Date(monotonic() + (offset ?? 0))
    },
    close: async () => {
      clearInterval(timer)
      await measuring
    },
  }
}
