import { formatCount, formatDuration } from './wording.ts'

/** Output for progress: one line that is overwritten on a terminal, plain lines at intervals elsewhere. */
export type Screen = {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
  /** Width of a line, in characters. */
  readonly columns?: number
}

/** State of an operation's progress. */
export type Advance = {
  /** Part of `total`, in any unit. */
  readonly done: number
  readonly total: number
  /** Events so far, for the rate. Default: `done`. */
  readonly events?: number
  /** Estimated seconds left, where there is a better estimate than from the rate so far. */
  readonly secondsLeft?: number
}

/** A progress display. */
export type Progress = {
  readonly show: (advance: Advance) => void
  /** Shows the last state and ends the display; to be called once. */
  readonly end: () => void
}

/** Intervals at which a line is overwritten on a terminal, and added elsewhere, in ms. */
const intervals = { overwritten: 80, added: 2_000 }

const barWidth = 28

/**
 * One line of progress: bar, per cent, rate, time left.
 * @param elapsed seconds since the start
 */
export const progressLine = (
  { done, total, events = done, secondsLeft }: Advance,
  elapsed: number,
): string => {
  const share = total <= 0 ? 1 : Math.min(1, Math.max(0, done / total))
  const filled = Math.floor(share * barWidth)
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
  // Rounded down: "100 %" appears only when complete.
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const rate = elapsed > 0 ? Math.round(events / elapsed) : 0
  const left = secondsLeft ?? (share > 0 ? (elapsed / share) * (1 - share) : undefined)
  const rest =
    share >= 1
      ? `in ${formatDuration(elapsed)}`
      : left === undefined
        ? ''
        : `${formatDuration(left)} left`
  return [bar, percent, `${formatCount(rate)} events/s`, rest].filter(Boolean).join('  ')
}

/**
 * Starts a progress display.
 * @param screen to write to
 * @param label at the start of each line
 * @param now returns the time in ms
 */
export const showProgress = (
  screen: Screen,
  label: string,
  now: () => number = () => performance.now(),
): Progress => {
  const started = now()
  let latest: Advance | undefined
  let written = screen.isTTY ? -Infinity : started
  let stale = false

  const write = (): void => {
    if (!latest) return
    const line = `${label}  ${progressLine(latest, (now() - started) / 1_000)}`
    written = now()
    stale = false
    if (screen.isTTY) screen.write(`\r\u001b[2K${line.slice(0, (screen.columns ?? 80) - 1)}`)
    else screen.write(`${line}\n`)
  }

  return {
    show: (advance) => {
      latest = advance
      stale = true
      if (now() - written >= (screen.isTTY ? intervals.overwritten : intervals.added)) write()
    },
    end: () => {
      if (stale) write()
      if (screen.isTTY && latest) screen.write('\n')
    },
  }
}
