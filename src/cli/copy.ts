import { createHash } from 'node:crypto'
import { Unavailable } from '../platform/unavailable.ts'
import { compareLogs, inWords, type Comparison } from './compare-logs.ts'
import { Failed } from './failure.ts'
import { rawPagesOf } from './raw-pages.ts'
import type { Advance } from './progress.ts'
import type { WholeLog } from './whole-log.ts'

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
 * Copies a whole log, event by event in the order of positions, and compares the two afterwards. Whatever is in the
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
  const done = async (comparison: Comparison, before = 0): Promise<Copied> => ({
    events: before + comparison.events,
    copied: verifyOnly ? 0 : comparison.events,
    sha256: hash.digest('hex'),
    later: await eventsBehind(from, last, signal),
  })

  const there = await compare(verifyOnly ? 'verifying' : 'checking', { from: 0n, to: 0n })
  if (verifyOnly) {
    if (there.difference) throw new Failed(`They differ. ${inWords(there.difference, names)}`)
    return done(there)
  }
  if (there.difference?.to)
    throw new Failed(
      `${to.named} does not begin as ${from.named} does, and was left as it is. ${inWords(there.difference, names)} Copy to an empty log instead.`,
    )
  if (there.difference) await recordRest(options, there, last)
  const copied = await compare('verifying', there)
  if (copied.difference)
    throw new Failed(
      `They differ, after all was copied. ${inWords(copied.difference, names)} Does somebody else record in ${to.named}?`,
    )
  return done(copied, there.events)
}

/** Records what the target does not have yet. */
const recordRest = async (
  { from, to, show, signal }: CopyOptions,
  there: Comparison,
  last: bigint,
): Promise<void> => {
  const total = Number(last - there.from)
  let events = 0
  let at = there.to
  show('copying', { done: 0, total, events })
  const pages = rawPagesOf(from.log, { after: there.from, last }, signal, to.atOnce)
  for await (const page of pages) {
    const now = await to.recordInOrder(page, at).catch((error: unknown) => {
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
    at = now
    events += page.length
    show('copying', { done: Number(page.at(-1)!.position - there.from), total, events })
  }
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
