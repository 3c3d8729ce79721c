import { createHash } from 'node:crypto'
import { compareLogs, inWords, type Comparison } from './compare-logs.ts'
import { Failed } from './failure.ts'
import { rawPagesOf } from './raw-pages.ts'
import type { CopyOptions, Phase } from './copy-options.ts'
import { readBackOtherwise, recordRest } from './record-rest.ts'

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
    ? await recordRest(options, there, {
        last,
        same: (lines) => hash.update(lines),
      })
    : there
  // Events behind the last copied one are somebody else's.
  const behind = await compare('verifying', end)
  if (behind.difference) throw readBackOtherwise(names, behind.difference)
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
