import type { Connection, Database, Row, Statement } from '../../engines/postgres/database.ts'
import { sqlStateOf } from '../../storage/documents/sql-state.ts'

/** Timeouts for a holder of leases that hangs, in ms. */
export type LeaseLimits = {
  /** Interval of the heartbeats. */
  readonly beatEvery: number
  /** Time without an answered heartbeat after which the leases expire for the holder, by its own clock. */
  readonly expiry: number
  /** Time without a statement after which PostgreSQL ends the session and releases its locks. More than `expiry`. */
  readonly silence: number
}

/**
 * Limits of leases that expire for a holder without answered heartbeats after `lease` ms, by its own clock.
 * A holder whose event loop is blocked for less than `expiry - beatEvery` keeps its leases. The server's timeout begins later
 * and is longer than the holder's, so a lease has always expired for its holder before another process can acquire it.
 */
export const limitsOf = (lease: number): LeaseLimits => ({
  beatEvery: lease / 10,
  expiry: lease,
  silence: Math.ceil(lease * 1.1),
})

/** Default limits. */
export const usualLimits = limitsOf(10_000)

/** The connection whose locks are the leases of this process. */
export type LeaseSession = {
  readonly query: Connection['query']
  /** Aborted when the session has ended, or may have ended. */
  readonly lost: AbortSignal
  /** Whether the session is certainly alive; ends it otherwise. */
  readonly isAlive: () => boolean
  readonly close: () => Promise<void>
}

/** A moment by two clocks: the monotonic one stands still while a machine sleeps, the wall clock may be set. */
type Moment = { readonly monotonic: number; readonly wall: number }

const momentOfNow = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** The longest time that may have passed since a moment, in ms: a clock that is set forward makes the leases expire early. */
const sinceThen = ({ monotonic, wall }: Moment): number =>
  Math.max(performance.now() - monotonic, Date.now() - wall)

/** SQLSTATE of an unknown setting: PostgreSQL before 14 has no `idle_session_timeout`. */
const unknownSetting = '42704'

/**
 * Makes the server end the session when it is silent.
 * @returns false if this PostgreSQL does not support that
 */
const endWhenSilent = async ({ query }: Connection, silence: number): Promise<boolean> => {
  try {
    await query(`SET idle_session_timeout = ${silence}`)
    return true
  } catch (error) {
    if (sqlStateOf(error) === unknownSetting) return false
    throw error
  }
}

/**
 * Opens a session that ends when its process hangs: the process sends heartbeats, and the server ends the session when they
 * stop (`idle_session_timeout`, PostgreSQL manual, 19.11). A slow statement does not count as silence.
 * @param onError called when this PostgreSQL cannot end silent sessions
 */
export const openLeaseSession = async (
  database: Pick<Database, 'connect'>,
  { beatEvery, expiry, silence }: LeaseLimits,
  onError: (error: unknown) => void,
): Promise<LeaseSession> => {
  const connection = await database.connect()
  const lost = new AbortController()
  let lastAnswered = momentOfNow()
  let beating: NodeJS.Timeout | undefined

  const end = (reason: string): void => {
    clearInterval(beating)
    if (lost.signal.aborted) return
    lost.abort(new Error(reason))
    // Not awaited: without an answer of the server it would not resolve.
    void connection.close()
  }
  const isAlive = (): boolean => {
    if (!lost.signal.aborted && sinceThen(lastAnswered) >= expiry)
      end(
        `The leases have expired: PostgreSQL has answered no heartbeat of this process for ${expiry} ms`,
      )
    return !lost.signal.aborted
  }
  /** Runs a statement; its answer proves that the server received it no earlier than it was sent. */
  const query = async <R extends Row>(statement: Statement | string): Promise<R[]> => {
    const sent = momentOfNow()
    const rows = await connection.query<R>(statement)
    if (sent.monotonic > lastAnswered.monotonic) lastAnswered = sent
    return rows
  }
  void connection.lost.then(() => end('The connection that held the leases was lost'))

  try {
    if (!(await endWhenSilent(connection, silence)))
      onError(
        new Error(
          'This PostgreSQL is older than 14: the leases of a process that hangs are not released',
        ),
      )
  } catch (error) {
    end('The session of the leases could not be opened')
    throw error
  }
  lastAnswered = momentOfNow()

  let running = false
  const beat = async (): Promise<void> => {
    if (!isAlive() || running) return
    running = true
    // A failure shows in the age of the last answer.
    await query('SELECT').catch(() => undefined)
    running = false
  }
  // Begins after the setting, whose slow execution must not count against the heartbeats.
  if (!lost.signal.aborted) beating = setInterval(() => void beat(), beatEvery).unref()

  return {
    query,
    lost: lost.signal,
    isAlive,
    close: async () => {
      clearInterval(beating)
      await connection.close()
    },
  }
}
