import type { Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Append } from './port.ts'
import { keysOf, nextBatch, type Batch, type Unit } from './postgres-append-batch.ts'
import { appendBatch, type Verdict } from './postgres-append-statement.ts'
import type { NotifyPace } from './postgres-notify-pace.ts'

/**
 * Limit of concurrent batches: while one is committed, the next one is sent. PostgreSQL executes them one after the other, so a
 * second one is sent only if at least `worthAnother` units wait.
 */
const lanes = { most: 2, worthAnother: 32 }

type Waiting = Unit & {
  readonly resolve: (verdicts: readonly Verdict[]) => void
  readonly reject: (error: unknown) => void
}

/** An append with its verdict. */
export type Judged = { readonly append: Append; readonly verdict: Verdict }

/** The position of the last event that a batch recorded; 0n without one. */
const lastRecorded = ({ units }: Batch<Unit>, verdicts: readonly Verdict[]): bigint =>
  units
    .flatMap(({ appends }) => appends)
    .reduce((last, { events }, index) => {
      const { fresh, position } = verdicts[index]!
      return fresh && events.length > 0 && position > last ? position : last
    }, 0n)

/**
 * Group commit: concurrent appends share one round trip and one commit; each unit is accepted or refused on its own.
 * @param options.clock for the times of events
 * @param options.pace decides whether NOTIFY is sent with a batch
 * @param options.recorded called for every batch, right after its callers were answered
 */
export const groupCommit = (
  database: Database,
  {
    clock,
    pace,
    recorded,
  }: {
    readonly clock: () => Date
    readonly pace: NotifyPace
    readonly recorded: (batch: readonly Judged[], at: string) => void
  },
) => {
  let waiting: Waiting[] = []
  const underWay = new Set<string | object>()
  let busy = 0
  const unanswered = new Set<Promise<void>>()

  const send = async (batch: Batch<Unit>, at: string): Promise<readonly Verdict[]> => {
    const quiet = pace.isQuiet()
    const { verdicts, unheard } = await appendBatch(database, batch, {
      listener: pace.listener,
      quiet,
      at,
    })
    pace.sent({ quiet, unheard, recorded: lastRecorded(batch, verdicts) })
    return verdicts
  }

  const settle = async (batch: Batch<Waiting>): Promise<void> => {
    const { units } = batch
    try {
      const at = clock().toISOString()
      const verdicts = await send(batch, at)
      let done = 0
      for (const { appends, resolve } of units)
        resolve(verdicts.slice(done, (done += appends.length)))
      const appends = units.flatMap((unit) => unit.appends)
      recorded(
        appends.map((append, index) => ({ append, verdict: verdicts[index]! })),
        at,
      )
    } catch (error) {
      // An append that the database cannot store must not fail the others: each unit is tried by itself.
      if (units.length > 1 && !(error instanceof Unavailable)) await settleEach(units)
      else fail(units, error)
    }
  }

  /** Settles units one by one; after one of unknown outcome, the later units of its line fail with its error. */
  const settleEach = async (units: readonly Waiting[]): Promise<void> => {
    const ended = new Map<object, unknown>()
    for (const unit of units) {
      if (unit.line && ended.has(unit.line)) {
        unit.reject(ended.get(unit.line))
        continue
      }
      const reject = (error: unknown): void => {
        if (unit.line && error instanceof Unavailable) ended.set(unit.line, error)
        unit.reject(error)
      }
      await settle(nextBatch([{ ...unit, reject }], new Set()))
    }
  }

  /** Rejects units; after an unknown outcome also the waiting units of their lines, which would overtake the failed ones. */
  const fail = (units: readonly Waiting[], error: unknown): void => {
    const failed = new Set(units)
    if (error instanceof Unavailable) {
      const lines = new Set(units.flatMap(({ line }) => line ?? []))
      for (const unit of waiting) if (unit.line && lines.has(unit.line)) failed.add(unit)
      waiting = waiting.filter((unit) => !failed.has(unit))
    }
    for (const { reject } of failed) reject(error)
  }

  const run = async (): Promise<void> => {
    for (;;) {
      const { rest, ...batch } = nextBatch(waiting, underWay)
      if (batch.units.length === 0) break
      waiting = rest
      const keys = batch.units.flatMap(keysOf)
      for (const key of keys) underWay.add(key)
      const answered = settle(batch)
      unanswered.add(answered)
      await answered
      unanswered.delete(answered)
      for (const key of keys) underWay.delete(key)
    }
    busy -= 1
  }

  return {
    /** Resolves with a verdict for each append of a unit. */
    append: (unit: Unit): Promise<readonly Verdict[]> =>
      new Promise((resolve, reject) => {
        waiting.push({ ...unit, resolve, reject })
        if (busy === lanes.most || (busy > 0 && waiting.length < lanes.worthAnother)) return
        busy += 1
        // Appends of the same turn of the event loop go into the same batch.
        setImmediate(() => void run())
      }),
    /** Returns a promise for each running batch, the oldest first, which resolves when the batch was answered. */
    underWay: (): readonly Promise<void>[] => [...unanswered],
  }
}
