import { setTimeout as pause } from 'node:timers/promises'
import { Unavailable } from '../../platform/unavailable.ts'
import type { MaskedEvent } from './answers.ts'
import { Failed } from './failure.ts'
import type { Advance } from './progress.ts'
import { paceOf } from './replay-pace.ts'
import { pagesOf, pageSize } from './replay-pages.ts'
import { spanOf, type Range } from './replay-range.ts'
import type { ReplaySource, EventFilter } from './replay-source.ts'

/** Poll interval of a replay that follows the log, in ms. */
const pollMs = 1_000

/** Options of a replay. */
export type ReplayOptions = {
  readonly source: ReplaySource
  readonly range: Range
  readonly wanted: EventFilter
  /** Writes only events of this stream; the filter must include its category. */
  readonly stream?: string | undefined
  /** Factor of the recorded pace; pauses are cut to 5 s. Default: as fast as possible. */
  readonly speed?: number | undefined
  /** Continues with new events until the signal is aborted. */
  readonly follow?: boolean
  /** Writes lines, with line ends. */
  readonly write: (lines: string) => Promise<void>
  /** Reports progress. */
  readonly show: (advance: Advance) => void
  /** Called once when the range is written and the replay begins to follow. */
  readonly caughtUp?: () => void
  /** Aborts the replay. */
  readonly signal: AbortSignal
}

/** An event as one line of NDJSON, with its line end. */
export const lineOf = (event: MaskedEvent): string => `${JSON.stringify(event)}\n`

/** Returns a writer that writes events when they are due. */
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
 * Writes a range of the log as NDJSON, oldest first. The next page is read while one is written.
 * @returns the number of events
 * @throws Failed when it follows the log and cannot reach it any more; the message names the position to resume from
 */
export const replay = async (options: ReplayOptions): Promise<number> => {
  const { source, range, wanted, stream, speed, follow, show, signal } = options
  const span = await spanOf(source, range)
  const total = Number(span.last - span.after)
  let events = 0

  const put =
    speed === undefined
      ? (selected: readonly MaskedEvent[]) => options.write(selected.map(lineOf).join(''))
      : paced(options, speed)
  const take = async (page: readonly MaskedEvent[]): Promise<void> => {
    const selected = stream === undefined ? page : page.filter((event) => event.stream === stream)
    if (selected.length > 0) await put(selected)
    events += selected.length
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
    // For a replay that follows, the signal is the regular end.
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
      throw new Failed(`${error.message} Resume with --from ${after + 1n}.`, {
        cause: error,
      })
    })
    signal.throwIfAborted()
    await take(page.events)
    if (page.position > after) after = page.position
    if (page.caughtUp) await pause(pollMs, undefined, { signal })
  }
}
