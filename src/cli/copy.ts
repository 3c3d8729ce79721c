import { createHash } from 'node:crypto'
import type { RecordedEvent } from '#kernel'
import { Unavailable } from '../platform/unavailable.ts'
import { compareLogs, inWords, type Comparison, type Difference } from './compare-logs.ts'
import { Failed } from './failure.ts'
import { rawPagesOf } from './raw-pages.ts'
import type { Advance } from './progress.ts'
import type { RawLog, WholeLog } from './whole-log.ts'

/** What a copy goes through: looking at what is there already, recording the rest, reading it back. */
export type Phase = 'checking' | 'copying' | 'verifying'

/** What is copied, and whom it tells. */
export type CopyOptions = {
  readonly from: Pick<WholeLog, 'named' | 'log'>
  readonly to: WholeLog
  /** Whether the two are compared only. */
  readonly verifyOnly: boolean
  readonly show: (phase: Phase, advance: Advance) => void
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** What came of it: the two logs are the same, up to where the first ended at the start. */
export type Copied = {
  /** In both logs. */
  readonly events: number
  /** Of them, those that were recorded now. */
  readonly copied: number
  /** SHA-256 over all events in order, one line of `lineOf` each, in hex. */
  readonly sha256: string
  /** Events that came to the first log meanwhile. */
  readonly later: number
}

/**
 * Copies a whole log, event by event in the order of positions, and compares what is read back. Whatever is in the
 * target already must be how the source begins; it goes on from there, so that after any interruption it can simply be
 * done again.
 * @throws Failed when the target holds something else, or the two are not the same in the end
 */
export const copyLog = async (options: CopyOptions): Promise<Copied> => {
  const { from, to, verifyOnly, show, signal } = options
  const names = { from: from.named, to: to.named }
  const hash = createHash('sha256')
  const last = await from.log.head()
  const total = Number(last)

  /** Compares what is behind a place that is the same in both logs. */
  const compare = async (phase: Phase, start: Pick<Comparison, 'from' | 'to'>) => {
    const end = await to.log.head()
    return compareLogs({
      from: { log: from.log, after: start.from, last },
      to: { log: to.log, after: start.to, last: end },
      same: (lines) => hash.update(lines),
      reached: (position, events) => {
        // There is nothing to see of a look at nothing.
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
    if (there.difference) throw new Failed(`They differ. ${inWords(there.difference, names)}`)
    return done(there)
  }
  if (there.difference?.to)
    throw new Failed(
      `${to.named} does not begin as ${from.named} does, and was left as it is. ${inWords(there.difference, names)} Copy to an empty log instead.`,
    )
  const hasMore = isEmpty ? last > 0n : there.difference !== undefined
  const end = hasMore
    ? await recordRest(options, there, last, (lines) => hash.update(lines))
    : there
  // Events behind the last copied one are somebody else's.
  const behind = await compare('verifying', end)
  if (behind.difference) throw readBackOtherwise(options, behind.difference)
  return { ...(await done(end)), copied: end.events - there.events }
}

const readBackOtherwise = ({ from, to }: CopyOptions, difference: Difference): Failed =>
  new Failed(
    `They differ, as read back after copying. ${inWords(difference, { from: from.named, to: to.named })} Does somebody else record in ${to.named}?`,
  )

/** Events in memory, to be compared as a log's are. */
const inMemory = (events: readonly RecordedEvent[]): Pick<RawLog, 'readAll'> => ({
  readAll: async ({ after = 0n } = {}) => ({
    events: events.filter(({ position }) => position > after),
    position: events.at(-1)?.position ?? after,
    caughtUp: true,
  }),
})

/**
 * Records what the target does not have yet, batch by batch; each is read back while the next one is recorded.
 * @param there up to where both are the same
 * @param last the position of the last event wanted
 * @param same called with the lines of events that were read back, in order
 * @returns up to where both are the same then
 */
const recordRest = async (
  options: CopyOptions,
  there: Comparison,
  last: bigint,
  same: (lines: string) => void,
): Promise<Comparison> => {
  const { from, to, show, signal } = options
  const total = Number(last - there.from)
  let recorded = 0
  let at = there.to
  let readBack = Promise.resolve(there)
  const readBackOf = async (
    page: readonly RecordedEvent[],
    end: bigint,
    before: Comparison,
  ): Promise<Comparison> => {
    const found = await compareLogs({
      from: { log: inMemory(page), after: before.from, last: page.at(-1)!.position },
      to: { log: to.log, after: before.to, last: end },
      same,
      signal,
    })
    if (found.difference) throw readBackOtherwise(options, found.difference)
    return { ...found, events: before.events + found.events, difference: undefined }
  }

  show('copying', { done: 0, total, events: 0 })
  const pages = rawPagesOf(from.log, { after: there.from, last }, signal, to.atOnce)
  for await (const page of pages) {
    const [now, before] = await Promise.all([recordPage(options, page, at), readBack])
    at = now
    readBack = readBackOf(page, now, before)
    // It is awaited with the next page, if there is one.
    readBack.catch(() => undefined)
    recorded += page.length
    show('copying', { done: Number(page.at(-1)!.position - there.from), total, events: recorded })
  }
  const end = await readBack
  await to.settle?.()
  show('verifying', { done: total, total, events: recorded })
  return end
}

/** Records a page at the end of the target. @returns the position of the last event then */
const recordPage = async (
  { from, to }: CopyOptions,
  page: readonly RecordedEvent[],
  after: bigint,
): Promise<bigint> => {
  const now = await to.recordInOrder(page, after).catch((error: unknown) => {
    if (!(error instanceof Error) || error instanceof Unavailable) throw error
    throw new Failed(
      `${to.named} does not take the events from position ${page[0]?.position} of ${from.named} on: ${error.message}.`,
      { cause: error },
    )
  })
  if (now === undefined)
    throw new Failed(
      `The events from position ${page[0]?.position} of ${from.named} on do not follow what is in ${to.named}: somebody else records there, or a stream in ${from.named} has lost its beginning.`,
    )
  return now
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
