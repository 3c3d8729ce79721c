/** How far a start has come, and what it has taken. */
export type StartTimes = {
  /** Notes that a part of the start is done. */
  readonly reached: (part: string) => void
  /**
   * What each part took, in order, `loaded 310+220`: ms that passed, and ms of CPU time of this process. The first counts
   * from the beginning of the process.
   */
  readonly taken: () => readonly string[]
}

/** Times the parts of a start, for whoever wants to know what a slow one waits for. */
export const startTimes = (): StartTimes => {
  const taken: string[] = []
  let last = { at: 0, cpu: 0 }
  return {
    reached: (part) => {
      const { user, system } = process.cpuUsage()
      const now = { at: performance.now(), cpu: (user + system) / 1_000 }
      taken.push(`${part} ${(now.at - last.at).toFixed()}+${(now.cpu - last.cpu).toFixed()}`)
      last = now
    },
    taken: () => taken,
  }
}
