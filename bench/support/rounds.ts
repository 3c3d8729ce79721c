import { cpuOf, cpuOfMachine } from './cpu.ts'

/** Rounds in which other programs took more of a core than this are repeated. */
const tolerable = 0.2

type Round<T> = { readonly result: T; readonly others: number }

/** How much of a core other programs take. */
const watchOthers = (): (() => number) => {
  // The bench itself: the process that started this one, and all that it started.
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
 * Measures in rounds. Those that were disturbed by other programs are repeated, up to twice as many rounds in all; the
 * quietest count.
 * @param count how many rounds are wanted
 * @param measure one round, by its number from 1
 * @returns the rounds that count, and a note on how quiet they were
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
  const kept = all.toSorted((a, b) => a.others - b.others).slice(0, count)
  const shares = kept.map(({ others }) => `${Math.round(100 * others)} %`).join(', ')
  return {
    rounds: kept.map(({ result }) => result),
    note: `other programs took ${shares} of a core${all.length > count ? `; the quietest ${count} of ${all.length} rounds` : ''}`,
  }
}
