import type { Database } from './database.ts'

/** The time of the store that processes share: the same one in all of them. */
export type StoreClock = {
  /** The present moment. */
  readonly now: () => Date
  readonly close: () => Promise<void>
}

/** An answer that took longer than this, in ms, does not say well what time it is. */
const quick = 1_000

/** When the machine's clock and its monotonic clock move apart by more than this, in ms, it has slept or was set. */
const jump = 1_000

/** How long after a jump that could not be followed it is tried again, in ms. */
const again = 1_000

/**
 * The clock of PostgreSQL, carried on between measurements by the monotonic clock of this process: clocks of machines may
 * be minutes apart, or be set, without any effect on ages that are computed across processes. It is right within half of
 * a round trip. When the clock of PostgreSQL is set, all processes follow it within `every`. The monotonic clock stands
 * still while a machine sleeps: the first question after that is answered as before it, and has the time measured anew.
 * @param options.every ms between measurements, each one statement
 * @param options.monotonic ms, which never go back
 * @param options.wall ms of the machine's clock; only its jumps against `monotonic` matter
 * @param options.onError told of every measurement that failed; the last one goes on
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
  /** What is added to the monotonic clock. */
  let offset: number | undefined
  /** How far the machine's clock is ahead of the monotonic one. */
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
    notBefore = monotonic() + again
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
