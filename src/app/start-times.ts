/** Times of the parts of a start. */
export type StartTimes = {
  /** Records that a part of the start is complete. */
  readonly reached: (part: string) => void
  /**
   * Returns the time of each part in order, `loaded 310+220`: elapsed ms, and ms of CPU time of this process. The first one
   * counts from the beginning of the process.
   */
  readonly taken: () => readonly string[]
}

/** Measures the parts of a start, to diagnose slow ones. */
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
