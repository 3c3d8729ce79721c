import { portHolder } from '../../src/platform/engines/listening/port-holder.ts'
import { cpuOf, cpuOfMachine } from './cpu.ts'

/** Share of a core that other programs may take; rounds beyond it are repeated. */
const tolerable = 0.2

type Round<T> = { readonly result: T; readonly others: number }

/**
 * Starts to measure the share of a core that other programs take.
 * @param servers processes that are measured as well, though the bench has not started them
 */
const watchOthers = (servers: readonly number[]): (() => number) => {
  // The bench itself: the parent of this process, and all its descendants.
  const ownCpu = () => [process.ppid, ...servers].reduce((sum, pid) => sum + cpuOf(pid), 0)
  const since = performance.now()
  const [all, ours] = [cpuOfMachine(), ownCpu()]
  return () => {
    const seconds = (performance.now() - since) / 1_000
    const share = (cpuOfMachine() - all - (ownCpu() - ours)) / seconds
    return Number.isNaN(share) ? 0 : Math.max(0, share)
  }
}

/** The process of a server on this machine, for `servers` of `quietRounds`; none where it cannot be found. */
export const serverAt = async (url: string): Promise<readonly number[]> => {
  const { hostname, port } = new URL(url)
  const holder = await portHolder(hostname, Number(port))
  return holder ? [holder.pid] : []
}

/**
 * Measures in rounds. Rounds disturbed by other programs are repeated, up to twice the number in all, and the quietest
 * ones count.
 * @param count number of rounds
 * @param measure measures one round, given its number from 1
 * @param servers processes that take part, though the bench has not started them
 * @returns the counting rounds, and a note on the load of other programs
 */
export const quietRounds = async <T>(
  count: number,
  measure: (round: number) => Promise<T>,
  servers: readonly number[] = [],
): Promise<{ readonly rounds: readonly T[]; readonly note: string }> => {
  const all: Round<T>[] = []
  const quiet = () => all.filter(({ others }) => others <= tolerable).length
  while (all.length < count || (quiet() < count && all.length < 2 * count)) {
    const others = watchOthers(servers)
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
