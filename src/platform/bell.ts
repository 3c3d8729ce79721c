/** A signal within this process that there may be something new. */
export type Bell = {
  readonly ring: () => void
  /** Resolves at the next ring after `listen` was called, or after `patience` ms, or with the signal. */
  readonly listen: () => (patience: number, signal?: AbortSignal) => Promise<void>
}

/** A bell without memory: to miss nothing, start to listen before looking. */
export const bell = (): Bell => {
  let next = Promise.withResolvers<void>()
  return {
    ring: () => {
      next.resolve()
      next = Promise.withResolvers()
    },
    listen: () => {
      const rung = next.promise
      return async (patience, signal) => {
        if (signal?.aborted) return
        const over = Promise.withResolvers<void>()
        const timer = setTimeout(over.resolve, patience)
        // Taken off again: a signal may outlive thousands of waits.
        signal?.addEventListener('abort', over.resolve as () => void)
        await Promise.race([rung, over.promise])
        signal?.removeEventListener('abort', over.resolve as () => void)
        clearTimeout(timer)
      }
    },
  }
}
