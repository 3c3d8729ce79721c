import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second in `/proc` on Linux (`man 7 time`). */
const ticks = 100

/** The fields of `/proc/<pid>/stat` behind the name, which may contain spaces (`man 5 proc_pid_stat`). */
const statOf = (pid: string): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

const field = (stat: readonly string[], number: number): number => Number(stat[number - 3] ?? 0)

/**
 * CPU time of a process and all its descendants, including those that have ended, in s.
 * @returns NaN where there is no `/proc`
 */
export const cpuOf = (pid: number): number => {
  const children = new Map<number, number[]>()
  const times = new Map<number, number>()
  let names: string[] = []
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return Number.NaN
  }
  for (const name of names) {
    const stat = statOf(name)
    const parent = field(stat, 4)
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    // Its own time, and that of its terminated children.
    times.set(
      Number(name),
      [14, 15, 16, 17].reduce((sum, at) => sum + field(stat, at), 0),
    )
  }
  const sum = (one: number): number =>
    (children.get(one) ?? []).reduce((total, child) => total + sum(child), times.get(one) ?? 0)
  return sum(pid) / ticks
}

/**
 * CPU time of the whole machine, in s.
 * @returns NaN where there is no `/proc`
 */
export const cpuOfMachine = (): number => {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return (user + nice + system + irq + soft + steal) / ticks
  } catch {
    return Number.NaN
  }
}

/** Formats CPU time as a share of one core: `97 %`. @param over the period in s */
export const share = (cpu: number, over: number): string =>
  Number.isNaN(cpu) ? '?' : `${Math.round((100 * cpu) / over)} %`
