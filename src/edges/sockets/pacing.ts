/** Sends the latest of the states that follow each other quickly, by key. */
export type Pacing = {
  /**
   * Sends a state: at once, or when the interval after the last one of its key ends, unless a later state replaces it.
   * @param every the interval, in ms
   */
  readonly take: (key: string, every: number, send: () => void) => void
  /** Drops the states that wait. */
  readonly close: () => void
}

/** Creates a pacing; it holds no more than the latest state of each key, for one interval. */
export const pacing = (): Pacing => {
  const running = new Map<string, { timer: NodeJS.Timeout; latest: (() => void) | undefined }>()

  const rest = (key: string, every: number): void => {
    const timer = setTimeout(() => {
      const { latest } = running.get(key) ?? {}
      running.delete(key)
      if (!latest) return
      latest()
      rest(key, every)
    }, every)
    running.set(key, { timer, latest: undefined })
  }

  return {
    take: (key, every, send) => {
      const one = running.get(key)
      if (one) {
        one.latest = send
        return
      }
      send()
      rest(key, every)
    },
    close: () => {
      for (const { timer } of running.values()) clearTimeout(timer)
      running.clear()
    },
  }
}
