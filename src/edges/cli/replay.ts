import { setTimeout as pause } from 'node:timers/promises'
import { Unavailable } from '../../platform/unavailable.ts'
import type { MaskedEvent } from './answers.ts'
import { Failed } from './failure.ts'
import type { Advance } from './progress.ts'
import { paceOf } from './replay-pace.ts'
import { pagesOf, pageSize } from './replay-pages.ts'
import { spanOf, type Range } from './replay-range.ts'
import type { ReplaySource, Wanted } from './replay-source.ts'

/** Who follows the log looks for what is new so often, in ms. */
const lookEvery = 1_000

/** What a replay reads and whom it tells. */
export type ReplayOptions = {
  readonly source: ReplaySource
  readonly range: Range
  readonly wanted: Wanted
  /** Events of this stream only. Its category has to be among those wanted. */
  readonly stream?: string | undefined
  /** As it happened, so many times as quick; silences are cut to 5 s. Default: as quick as can be. */
  readonly speed?: number | undefined
  /** Goes on with what comes, until the signal ends it. */
  readonly follow?: boolean
  /** Takes lines, each with its end. */
  readonly write: (lines: string) => Promise<void>
  readonly show: (advance: Advance) => void
  /** Told once all that was there is written, and what comes is followed. */
  readonly caughtUp?: () => void
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** An event as one line of NDJSON, with its end. */
export const lineOf = (event: MaskedEvent): string => `${JSON.stringify(event)}\n`

/** Writes events when they are due. */
const paced = (
  { write, signal }: ReplayOptions,
  speed: number,
): ((events: readonly MaskedEvent[]) => Promise<void>) => {
  const waitFor = paceOf(speed)
  return async (events) => {
    let due = ''
    for (const event of events) {
      const wait = waitFor(event.at)
      if (wait > 0) {
        if (due) await write(due)
        due = ''
        await pause(wait, undefined, { signal })
      }
      due += lineOf(event)
    }
    if (due) await write(due)
  }
}

/**
 * Writes a part of the log, one event a line (NDJSON), oldest first. The next page is read while one is written.
 * @returns how many events there were
 * @throws Failed, when it follows the log and loses it; it says where to go on
 */
export const replay = async (options: ReplayOptions): Promise<number> => {
  const { source, range, wanted, stream, speed, follow, show, signal } = options
  const span = await spanOf(source, range)
  const total = Number(span.last - span.after)
  let events = 0

  const put =
    speed === undefined
      ? (kept: readonly MaskedEvent[]) => options.write(kept.map(lineOf).join(''))
      : paced(options, speed)
  const take = async (page: readonly MaskedEvent[]): Promise<void> => {
    const kept = stream === undefined ? page : page.filter((event) => event.stream === stream)
    if (kept.length > 0) await put(kept)
    events += kept.length
  }

  show({ done: 0, total, events })
  try {
    for await (const page of pagesOf({ source, span, wanted, signal })) {
      await take(page.events)
      show({ done: Number(page.reached - span.after), total, events })
    }
    if (!follow) return events
    options.caughtUp?.()
    await followFrom(span.last > span.after ? span.last : span.after, options, (page) =>
      take(page.filter(({ at }) => span.holds(at))),
    )
  } catch (error) {
    // Who follows says by the signal that it is enough.
    if (!follow || !signal.aborted) throw error
  }
  return events
}

const followFrom = async (
  from: bigint,
  { source, wanted, signal }: ReplayOptions,
  take: (events: readonly MaskedEvent[]) => Promise<void>,
): Promise<never> => {
  let after = from
  for (;;) {
    const page = await source.page(after, pageSize, wanted).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof Failed || error instanceof Unavailable)) throw error
      throw new Failed(`${error.message} What comes next begins with --from ${after + 1n}.`, {
        cause: error,
      })
    })
    signal.throwIfAborted()
    await take(page.events)
    if (page.position > after) after = page.position
    if (page.caughtUp) await pause(lookEvery, undefined, { signal })
  }
}
