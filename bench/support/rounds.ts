import { cpuOf, cpuOfMachine } from './cpu.ts'

/** Share of a core that other programs may take; rounds beyond it are repeated. */
const tolerable = 0.2

type Round<T> = { readonly result: T; readonly others: number }

/** Starts to measure the share of a core that other programs take. */
const watchOthers = (): (() => number) => {
  // The bench itself: the parent of this process, and all its descendants.
  const bench = process.ppid
  const since = performance.now()
  const [all, ours] = [cpuOfMachine(), cpuOf(bench)]
  return () => {
    const seconds = (performance.now() - since) / 1_000
    const share = (cpuOfMachine() - all - (cpuOf(bench) - ours)) / seconds
    return Number.isNaN(share) ? 0 : Math.max(0, share)
  }
}

/**
 * Measures in rounds. Rounds disturbed by other programs are repeated, up to twice the number in all, and the quietest
 * ones count.
 * @param count number of rounds
 * @param measure measures one round, given its number from 1
 * @returns the counting rounds, and a note on the load of other programs
 */
export const quietRounds = async <T>(
  count: number,
  measure: (round: number) => Promise<T>,
): Promise<{ readonly rounds: readonly T[]; readonly note: string }> => {
  const all: Round<T>[] = []
  const quiet = () => all.filter(({ others }) => others <= tolerable).length
  while (all.length < count || (quiet() < count && all.length < 2 * count)) {
    const others = watchOthers()
    const result = await measure(all.length + 1)
    all.push({ result, others: others() })
  }
  const quietest = all.toSorted((a, b) => a.others - b.others).slice(0, count)
  const shares = quietest.map(({ others }) => `${Math.round(100 * others)} %`).join(', ')
  return {
    rounds: quietest.map(({ result }) => result),
    note: `other programs took ${shares} of a core${all.length > count ? `; the quietest ${count} of ${all.length} rounds` : ''}`,
  }
}
