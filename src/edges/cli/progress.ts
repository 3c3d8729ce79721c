import { counted, lasting } from './wording.ts'

/** Somebody to show progress to: one line that is written over on a terminal, plain lines now and then elsewhere. */
export type Screen = {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
  /** Characters a line. */
  readonly columns?: number
}

/** How far something has come. */
export type Advance = {
  /** Of `total`, in any unit. */
  readonly done: number
  readonly total: number
  /** Events so far; what the rate is counted in. Default: `done`. */
  readonly events?: number
  /** Seconds, where somebody knows better than the rate so far tells. */
  readonly secondsLeft?: number
}

/** Shows progress until it is ended. */
export type Progress = {
  readonly show: (advance: Advance) => void
  /** Shows the last state for good; to be called once. */
  readonly end: () => void
}

/** How often a line is written over, and how often one is added where that is not possible; in ms. */
const every = { overwritten: 80, added: 2_000 }

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
  // Never "100 %" before it is all done.
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  const rate = elapsed > 0 ? Math.round(events / elapsed) : 0
  const left = secondsLeft ?? (share > 0 ? (elapsed / share) * (1 - share) : undefined)
  const rest =
    share >= 1 ? `in ${lasting(elapsed)}` : left === undefined ? '' : `${lasting(left)} left`
  return [bar, percent, `${counted(rate)} events/s`, rest].filter(Boolean).join('  ')
}

/**
 * Starts to show progress.
 * @param screen where
 * @param label what goes on, at the start of each line
 * @param now gives the time in ms
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
      if (now() - written >= (screen.isTTY ? every.overwritten : every.added)) write()
    },
    end: () => {
      if (stale) write()
      if (screen.isTTY && latest) screen.write('\n')
    },
  }
}
