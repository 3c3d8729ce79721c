/**
 * Calls listeners after the head of a feed has moved. Listeners with the same delay share one timer, which is set only
 * while the head moves.
 */
export const feedMoves = () => {
  type Listeners = { readonly calls: Set<() => void>; timer?: NodeJS.Timeout | undefined }
  const byDelay = new Map<number, Listeners>()

  return {
    /**
     * @param within delay after the head has moved, in ms; 0 for at once, while the feed adds a slice
     * @returns a function that ends it
     */
    on: (within: number, listener: () => void): (() => void) => {
      const listeners: Listeners = byDelay.get(within) ?? { calls: new Set() }
      byDelay.set(within, listeners)
      // The same function may be registered several times.
      const one = () => listener()
      listeners.calls.add(one)
      return () => void listeners.calls.delete(one)
    },
    /** Called when the head has moved. */
    moved: (): void => {
      for (const [within, listeners] of byDelay) {
        if (listeners.timer !== undefined || listeners.calls.size === 0) continue
        const call = () => {
          listeners.timer = undefined
          for (const each of listeners.calls) each()
        }
        if (within === 0) call()
        else listeners.timer = setTimeout(call, within)
      }
    },
    close: (): void => {
      for (const { timer } of byDelay.values()) clearTimeout(timer)
      byDelay.clear()
    },
  }
}
