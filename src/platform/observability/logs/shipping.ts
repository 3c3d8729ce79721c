import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { entryOf, type LogSource } from './entry-of.ts'
import type { LogEntry, LogStore } from './port.ts'

/** Limits of a buffer of log lines. */
export type ShippingLimits = {
  /** Lines, and UTF-16 code units of all, that wait; the oldest are dropped beyond. */
  readonly lines: number
  readonly size: number
  /** Longest line; a longer one is dropped. */
  readonly line: number
  /** Lines of one write. */
  readonly batch: number
  /** Time that a line waits for others, in ms. */
  readonly delay: number
  /** Longest pause between attempts while the store is away, in ms. */
  readonly pause: number
  /** Time for the last write while the process stops, in ms. */
  readonly closing: number
}

/** Default limits: at most some 16 MiB of memory. */
export const defaultShippingLimits: ShippingLimits = {
  lines: 20_000,
  size: 8_000_000,
  line: 200_000,
  batch: 500,
  delay: 1_000,
  pause: 30_000,
  closing: 1_000,
}

/** Numbers of lines since the start. */
export type ShippingCounts = {
  readonly shipped: number
  readonly dropped: number
  /** Lines that wait now. */
  readonly waiting: number
}

/** Log lines of this process on their way to a store. */
export type LogShipper = {
  /** Takes a line. Never blocks and never fails: what the buffer cannot hold is dropped and counted. */
  readonly take: (line: string) => void
  /**
   * Begins to write the lines to a store, those taken before included.
   * @param options.onError called with each failed write
   * @returns `close`, which writes what waits, within the limit
   */
  readonly shipTo: (
    store: Pick<LogStore, 'write'>,
    options: { readonly source: LogSource; readonly onError: (error: unknown) => void },
  ) => { readonly close: () => Promise<void> }
  readonly counts: () => ShippingCounts
}

type Target = {
  readonly store: Pick<LogStore, 'write'>
  readonly source: LogSource
  readonly onError: (error: unknown) => void
}

/**
 * Buffers log lines, and writes them in the background: lines are parsed and written in batches, after a delay, and again
 * with growing pauses while the store is away. An idle process has no timer.
 * @param limits of the buffer
 * @param start begins the ids of entries; default: unique
 */
export const logShipper = (
  limits: ShippingLimits = defaultShippingLimits,
  start: string = randomUUID().slice(0, 13),
): LogShipper => {
  let lines: { readonly text: string; readonly id: string }[] = []
  /** Number of lines at the front that were dropped and are still in the array. */
  let gone = 0
  let [size, taken, shipped, dropped, reported] = [0, 0, 0, 0, 0]
  let target: Target | undefined
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<boolean> | undefined
  let wait = limits.delay
  let closed = false

  const waiting = () => lines.length - gone

  const dropOldest = () => {
    size -= lines[gone]?.text.length ?? 0
    gone += 1
    dropped += 1
    if (gone < 1_000 && gone < lines.length) return
    lines = lines.slice(gone)
    gone = 0
  }

  const arm = () => {
    if (!target || timer || writing || closed || waiting() === 0) return
    timer = setTimeout(() => {
      timer = undefined
      void flush()
    }, wait).unref()
  }

  /** An entry about lines that were dropped, so that a reader learns of the gap. */
  const gapOf = (source: LogSource): readonly LogEntry[] => {
    if (dropped === reported) return []
    taken += 1
    const line = {
      level: 40,
      time: Date.now(),
      msg: `Dropped log lines: ${dropped - reported}`,
    }
    return [entryOf(JSON.stringify(line), idOf(taken), source)].filter((one) => one !== undefined)
  }
  const idOf = (nth: number) => `${start}-${String(nth).padStart(9, '0')}`

  /** Writes one batch. @returns whether it was written */
  const writeBatch = async ({ store, source, onError }: Target): Promise<boolean> => {
    const batch = lines.slice(gone, gone + limits.batch)
    const last = batch.at(-1)
    const counted = dropped
    const entries = batch.flatMap(({ text, id }) => entryOf(text, id, source) ?? [])
    try {
      await store.write([...gapOf(source), ...entries])
    } catch (error) {
      onError(error)
      return false
    }
    reported = counted
    shipped += batch.length
    // Some of them may have been dropped meanwhile.
    const place = last ? lines.indexOf(last) : -1
    const written = lines.slice(gone, place + 1)
    size -= written.reduce((sum, { text }) => sum + text.length, 0)
    lines = lines.slice(Math.max(gone, place + 1))
    gone = 0
    return true
  }

  /** Writes all lines. @returns whether all were written */
  const flush = (): Promise<boolean> => {
    const to = target
    if (!to) return Promise.resolve(false)
    const write = async (): Promise<boolean> => {
      while (waiting() > 0)
        if (!(await writeBatch(to))) {
          wait = Math.min(2 * wait, limits.pause)
          return false
        }
      wait = limits.delay
      return true
    }
    return (writing ??= write().finally(() => {
      writing = undefined
      arm()
    }))
  }

  return {
    take: (text) => {
      if (text.length > limits.line) {
        dropped += 1
        return
      }
      taken += 1
      lines.push({ text, id: idOf(taken) })
      size += text.length
      while (waiting() > limits.lines || size > limits.size) dropOldest()
      arm()
    },
    shipTo: (store, { source, onError }) => {
      target = { store, source, onError }
      arm()
      return {
        close: async () => {
          const settled = new AbortController()
          const over = pause(limits.closing, undefined, { signal: settled.signal }).catch(
            () => undefined,
          )
          // A write under way may have begun before the last lines.
          const rest = async () => void ((await flush()) && (await flush()))
          await Promise.race([rest(), over])
          settled.abort()
          closed = true
          clearTimeout(timer)
        },
      }
    },
    counts: () => ({ shipped, dropped, waiting: waiting() }),
  }
}
