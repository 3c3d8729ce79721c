/** Signal within this process that there may be something new. */
export type Bell = {
  readonly ring: () => void
  /** Returns a wait that resolves at the next ring after `listen` was called, after `timeoutMs`, or with the signal. */
  readonly listen: () => (timeoutMs: number, signal?: AbortSignal) => Promise<void>
}

/** Creates a bell. It stores no rings: to miss none, call `listen` before reading. */
export const bell = (): Bell => {
  let rings = 0
  // Removed after each wait, as from the signal: a bell that seldom rings, and a signal, outlive thousands of waits.
  const waiting = new Set<() => void>()
  return {
    ring: () => {
      rings += 1
      for (const wake of waiting) wake()
    },
    listen: () => {
      const heard = rings
      return (timeoutMs, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted || rings !== heard) {
            resolve()
            return
          }
          const wake = () => {
            clearTimeout(timer)
            waiting.delete(wake)
            signal?.removeEventListener('abort', wake)
            resolve()
          }
          const timer = setTimeout(wake, timeoutMs)
          waiting.add(wake)
          signal?.addEventListener('abort', wake)
        })
    },
  }
}
