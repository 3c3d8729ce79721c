import type { Promised, Tally, Tallies } from './port.ts'

/** Length of a slot, in ms. */
const slotMs = 15_000

const minute = 60_000

/** Slots that are counted at most: half an hour. */
const slots = (30 * minute) / slotMs

type Slot = {
  readonly nth: number
  readonly counts: Map<string, Partial<Record<Promised, { met: number; missed: number }>>>
}

/** Counts what met the promises of read models, and what missed them, over the last half hour. */
export type PromiseCounts = {
  readonly count: (name: string, of: Promised, met: number, missed: number) => void
  /** Counts of the last minutes, at most 30, by the name of the read model; those without any are left out. */
  readonly last: (minutes: number) => Tallies
}

/** Adds counts. */
const addedTally = (one: Tally | undefined, other: Tally | undefined): Tally => ({
  met: (one?.met ?? 0) + (other?.met ?? 0),
  missed: (one?.missed ?? 0) + (other?.missed ?? 0),
})

/** Adds the counts of several processes, by the name of the read model. */
export const addedTallies = (all: readonly Tallies[]): Tallies => {
  const sums: Record<string, Tallies[string]> = {}
  for (const tallies of all)
    for (const [name, { events, reads }] of Object.entries(tallies)) {
      const sum = sums[name]
      sums[name] = {
        ...((events ?? sum?.events) && { events: addedTally(sum?.events, events) }),
        ...((reads ?? sum?.reads) && { reads: addedTally(sum?.reads, reads) }),
      }
    }
  return sums
}

/** @param now monotonic clock, in ms */
export const promiseCounts = (now: () => number = () => performance.now()): PromiseCounts => {
  let counted: Slot[] = []
  const nthNow = () => Math.floor(now() / slotMs)
  const currentSlot = (): Slot => {
    const nth = nthNow()
    const last = counted.at(-1)
    if (last?.nth === nth) return last
    const slot: Slot = { nth, counts: new Map() }
    counted = [...counted.filter((one) => one.nth > nth - slots), slot]
    return slot
  }
  return {
    count: (name, of, met, missed) => {
      const { counts } = currentSlot()
      let found = counts.get(name)
      if (!found) counts.set(name, (found = {}))
      const tally = (found[of] ??= { met: 0, missed: 0 })
      tally.met += met
      tally.missed += missed
    },
    last: (minutes) => {
      const first = nthNow() - (minutes * minute) / slotMs
      return addedTallies(
        counted.flatMap(({ nth, counts }) => (nth > first ? [Object.fromEntries(counts)] : [])),
      )
    },
  }
}
