import type { Connection, Database, Row, Statement } from '../../engines/postgres/database.ts'
import { sqlStateOf } from '../../storage/documents/sql-state.ts'

/** When a process that holds leases is taken for hung; all in ms. */
export type LeaseLimits = {
  /** From one heartbeat of the session to the next. */
  readonly beatEvery: number
  /** The process gives its leases up by its own clock when no heartbeat was answered for this long. */
  readonly expiry: number
  /** PostgreSQL ends the session, and frees its locks, when it has heard nothing for this long. More than `expiry`. */
  readonly silence: number
}

/**
 * The limits of leases that a holder without a sign of life loses after `lease` ms, by its own clock.
 * An event loop that is busy for less than `expiry - beatEvery` keeps its leases. As the server's count begins later than
 * the holder's and ends later, a holder has always given up before anybody else can take over.
 */
export const limitsOf = (lease: number): LeaseLimits => ({
  beatEvery: lease / 10,
  expiry: lease,
  silence: Math.ceil(lease * 1.1),
})

/** The limits of a process for which nothing else is configured. */
export const usualLimits = limitsOf(10_000)

/** The connection whose locks are the leases of this process. */
export type LeaseSession = {
  readonly query: Connection['query']
  /** Aborted when the session has ended, or may have. */
  readonly lost: AbortSignal
  /** Whether the session is certainly alive; ends it when it is not. */
  readonly isAlive: () => boolean
  readonly close: () => Promise<void>
}

/** A moment by both clocks: the monotonic one stands still while a machine sleeps, the other one may be set. */
type Moment = { readonly monotonic: number; readonly wall: number }

const momentOfNow = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** The longest that may have passed since, in ms: a clock that is set forward costs the leases, and no more. */
const sinceThen = ({ monotonic, wall }: Moment): number =>
  Math.max(performance.now() - monotonic, Date.now() - wall)

/** PostgreSQL before 14 does not know the setting. */
const unknownSetting = '42704'

/**
 * Has the server end a session that is silent.
 * @returns false when this PostgreSQL cannot
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
 * Opens a session that lives as long as its process shows signs of life: heartbeats go out every now and then, and the
 * server ends the session when they stop (`idle_session_timeout`, PostgreSQL manual, 19.11). A statement that the server
 * is slow over is no silence.
 * @param onError told when this PostgreSQL cannot end silent sessions
 */
export const openLeaseSession = async (
  database: Pick<Database, 'connect'>,
  { beatEvery, expiry, silence }: LeaseLimits,
  onError: (error: unknown) => void,
): Promise<LeaseSession> => {
  const connection = await database.connect()
  const lost = new AbortController()
  let heard = momentOfNow()
  let beating: NodeJS.Timeout | undefined

  const end = (reason: string): void => {
    clearInterval(beating)
    if (lost.signal.aborted) return
    lost.abort(new Error(reason))
    // Not waited for: a server that does not answer would never let it go.
    void connection.close()
  }
  const isAlive = (): boolean => {
    if (!lost.signal.aborted && sinceThen(heard) >= expiry)
      end(`The leases are given up: PostgreSQL has not heard of this process for ${expiry} ms`)
    return !lost.signal.aborted
  }
  /** The server has heard of this process no earlier than the statement was sent. */
  const query = async <R extends Row>(statement: Statement | string): Promise<R[]> => {
    const sent = momentOfNow()
    const rows = await connection.query<R>(statement)
    if (sent.monotonic > heard.monotonic) heard = sent
    return rows
  }
  void connection.lost.then(() => end('The connection that held the leases was lost'))

  try {
    if (!(await endWhenSilent(connection, silence)))
      onError(
        new Error(
          'This PostgreSQL is older than 14: the leases of a process that hangs but lives do not pass on',
        ),
      )
  } catch (error) {
    end('The session of the leases could not be opened')
    throw error
  }
  heard = momentOfNow()

  let underWay = false
  const beat = async (): Promise<void> => {
    if (!isAlive() || underWay) return
    underWay = true
    // What fails shows in the age of the last answer.
    await query('SELECT').catch(() => undefined)
    underWay = false
  }
  // Only now: a server that is slow over the setting must not be met by a heartbeat.
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
