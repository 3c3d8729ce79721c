/** Signal within this process that there may be something new. */
export type Bell = {
  readonly ring: () => void
  /** Returns a wait that resolves at the next ring after `listen` was called, after `timeoutMs`, or with the signal. */
  readonly listen: () => (timeoutMs: number, signal?: AbortSignal) => Promise<void>
}

/** Creates a bell. It stores no rings: to miss none, call `listen` before reading. */
export const bell = (): Bell => {
  let next = Promise.withResolvers<void>()
  return {
    ring: () => {
      next.resolve()
      next = Promise.withResolvers()
    },
    listen: () => {
      const rung = next.promise
      return async (timeoutMs, signal) => {
        if (signal?.aborted) return
        const over = Promise.withResolvers<void>()
        const timer = setTimeout(over.resolve, timeoutMs)
        // Removed after each wait: a signal may outlive thousands of waits.
        signal?.addEventListener('abort', over.resolve as () => void)
        await Promise.race([rung, over.promise])
        signal?.removeEventListener('abort', over.resolve as () => void)
        clearTimeout(timer)
      }
    },
  }
}
