import { durationBounds, type Report } from './port.ts'

/** Length of a slot, in ms, and number of slots that are counted: a minute. */
const [slotMs, slots] = [15_000, 4]

type Slot = {
  readonly nth: number
  all: number
  failed: number
  commands: number
  readonly durations: number[]
}

/** Counts the answers and the commands of this process over the last minute. */
export type AnswerCounts = {
  /** Counts an answer, except to a probe, which is refused while a process is not ready. @param duration ms */
  readonly served: (answer: {
    readonly route: string
    readonly status: number
    readonly duration: number
  }) => void
  /** Counts a command that was decided. */
  readonly decided: () => void
  readonly lastMinute: () => Report['answers']
  readonly commandsOfLastMinute: () => number
}

const noDurations = (): number[] => Array.from({ length: durationBounds.length + 1 }, () => 0)

/** @param now monotonic clock, in ms */
export const answerCounts = (now: () => number = () => performance.now()): AnswerCounts => {
  let counted: Slot[] = []
  const nthNow = () => Math.floor(now() / slotMs)
  const currentSlot = (): Slot => {
    const nth = nthNow()
    const last = counted.at(-1)
    if (last?.nth === nth) return last
    const slot = { nth, all: 0, failed: 0, commands: 0, durations: noDurations() }
    counted = [...counted.filter((one) => one.nth > nth - slots), slot]
    return slot
  }
  const recentSlots = (): readonly Slot[] => {
    const nth = nthNow()
    return counted.filter((one) => one.nth > nth - slots)
  }
  return {
    served: ({ route, status, duration }) => {
      if (route.includes('/health') || route.endsWith('/metrics')) return
      const slot = currentSlot()
      slot.all += 1
      if (status >= 500) slot.failed += 1
      let place = 0
      while (place < durationBounds.length && duration > durationBounds[place]! * 1_000) place += 1
      slot.durations[place]! += 1
    },
    decided: () => {
      currentSlot().commands += 1
    },
    commandsOfLastMinute: () => recentSlots().reduce((total, { commands }) => total + commands, 0),
    lastMinute: () => {
      const recent = recentSlots()
      const sum = (value: (slot: Slot) => number) =>
        recent.reduce((all, one) => all + value(one), 0)
      return {
        all: sum(({ all }) => all),
        failed: sum(({ failed }) => failed),
        durations: noDurations().map((_, place) => sum(({ durations }) => durations[place]!)),
      }
    },
  }
}
