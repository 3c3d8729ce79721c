import type { Database } from './database.ts'

/** The time of the store that processes share: the same one in all of them. */
export type StoreClock = {
  /** The present moment. */
  readonly now: () => Date
  readonly close: () => Promise<void>
}

/** An answer that took longer than this, in ms, does not say well what time it is. */
const quick = 1_000

/**
 * The clock of PostgreSQL, carried on between measurements by the monotonic clock of this process: clocks of machines may
 * be minutes apart, or be set, without any effect on ages that are computed across processes. It is right within half of
 * a round trip. When the clock of PostgreSQL is set, all processes follow it within `every`.
 * @param options.every ms between measurements, each one statement
 * @param options.monotonic ms, which never go back
 * @param options.onError told of every measurement that failed; the last one goes on
 * @throws Unavailable when PostgreSQL cannot be reached at the start
 */
export const storeClock = async (
  database: Pick<Database, 'query'>,
  {
    every = 30_000,
    monotonic = () => performance.now(),
    onError = () => undefined,
  }: {
    readonly every?: number
    readonly monotonic?: () => number
    readonly onError?: (error: unknown) => void
  } = {},
): Promise<StoreClock> => {
  /** What is added to the monotonic clock. */
  let offset: number | undefined

  const measure = async (): Promise<void> => {
    const sent = monotonic()
    const [row] = await database.query<{ ms: number }>({
      name: 'store-clock',
      text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    })
    const took = monotonic() - sent
    if (row && (offset === undefined || took <= quick)) offset = row.ms - (sent + took / 2)
  }

  await measure()
  let measuring = Promise.resolve()
  const timer = setInterval(() => {
    measuring = measuring.then(measure).catch(onError)
  }, every)
  timer.unref()
  return {
    now: () => new Date(monotonic() + (offset ?? 0)),
    close: async () => {
      clearInterval(timer)
      await measuring
    },
  }
}
