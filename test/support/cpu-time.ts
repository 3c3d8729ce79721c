import { readFileSync } from 'node:fs'

/** CPU time that processes have used, in s. */
export type CpuTime = {
  /** Of the process itself. */
  readonly own: number
  /** Of its children that have ended, with theirs. */
  readonly children: number
}

/** Linux counts CPU time in hundredths of a second, whatever the machine (`man 5 proc`, `USER_HZ`). */
const ticks = 100

/**
 * The CPU time that a process has used up to now.
 * @param pid of the process; this one by default
 * @returns nothing where there is no `/proc`
 */
export const cpuTimeOf = (pid: number | 'self' = 'self'): CpuTime | undefined => {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name of the program is in brackets and may hold anything; the fields from the third on follow it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (field: number) => Number(fields[field - 3]) / ticks
  return { own: seconds(14) + seconds(15), children: seconds(16) + seconds(17) }
}
