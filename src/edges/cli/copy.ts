import { createHash } from 'node:crypto'
import { compareLogs, describeDifference, type Comparison } from './compare-logs.ts'
import { Failed } from './failure.ts'
import { rawPagesOf } from './raw-pages.ts'
import type { CopyOptions, Phase } from './copy-options.ts'
import { readBackMismatch, recordRest } from './record-rest.ts'

/** Result of a copy: the two logs are equal up to the head that the source had at the start. */
export type Copied = {
  /** Number of events in both logs. */
  readonly events: number
  /** Number of events that this run recorded. */
  readonly copied: number
  /** SHA-256 over the lines (`lineOf`) of all events in order, in hex. */
  readonly sha256: string
  /** Number of events that were appended to the source meanwhile. */
  readonly later: number
}

/**
 * Copies a whole log, event by event in the order of positions, and verifies what is read back. Events that the target
 * has already must be the first ones of the source; the copy resumes after them, so that it can be repeated after any
 * interruption.
 * @throws Failed when the target has other events, or the logs differ in the end
 */
export const copyLog = async (options: CopyOptions): Promise<Copied> => {
  const { from, to, verifyOnly, show, signal } = options
  const names = { from: from.label, to: to.label }
  const hash = createHash('sha256')
  const last = await from.log.head()
  const total = Number(last)

  /** Compares the rest of both logs after a position up to which they are equal. */
  const compare = async (phase: Phase, start: Pick<Comparison, 'from' | 'to'>) => {
    const end = await to.log.head()
    return compareLogs({
      from: { log: from.log, after: start.from, last },
      to: { log: to.log, after: start.to, last: end },
      same: (lines) => hash.update(lines),
      reached: (position, events) => {
        // No progress is shown where the target has nothing to compare.
        if (end > start.to)
          show(phase, {
            done: Number(position - start.from),
            total: total - Number(start.from),
            events,
          })
      },
      signal,
    })
  }
  const done = async ({ events }: Comparison): Promise<Copied> => ({
    events,
    copied: 0,
    sha256: hash.digest('hex'),
    later: await eventsBehind(from, last, signal),
  })

  const isEmpty = !verifyOnly && (await to.log.head()) === 0n
  const start: Comparison = { events: 0, from: 0n, to: 0n, difference: undefined }
  const there = isEmpty ? start : await compare(verifyOnly ? 'verifying' : 'checking', start)
  if (verifyOnly) {
    if (there.difference)
      throw new Failed(`The logs differ. ${describeDifference(there.difference, names)}`)
    return done(there)
  }
  if (there.difference?.to)
    throw new Failed(
      `${to.label} does not begin as ${from.label} does, and was left unchanged. ${describeDifference(there.difference, names)} Copy to an empty log instead.`,
    )
  const hasMore = isEmpty ? last > 0n : there.difference !== undefined
  const end = hasMore
    ? await recordRest(options, there, {
        last,
        same: (lines) => hash.update(lines),
      })
    : there
  // Events after the last copied one are from another writer.
  const behind = await compare('verifying', end)
  if (behind.difference) throw readBackMismatch(names, behind.difference)
  return { ...(await done(end)), copied: end.events - there.events }
}

const eventsBehind = async (
  { log }: CopyOptions['from'],
  position: bigint,
  signal: AbortSignal,
): Promise<number> => {
  let events = 0
  const span = { after: position, last: await log.head() }
  for await (const page of rawPagesOf(log, span, signal)) events += page.length
  return events
}
