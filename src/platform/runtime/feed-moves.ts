/**
 * Calls back after the head of a feed has moved. All who may be called equally late share one timer, which is only set
 * while the head moves.
 */
export const feedMoves = () => {
  type Hearers = { readonly heard: Set<() => void>; timer?: NodeJS.Timeout | undefined }
  const byDelay = new Map<number, Hearers>()

  return {
    /**
     * @param within how long after the head has moved, in ms; 0 for at once, while the feed takes in a slice
     * @returns a function that ends it
     */
    on: (within: number, heard: () => void): (() => void) => {
      const hearers: Hearers = byDelay.get(within) ?? { heard: new Set() }
      byDelay.set(within, hearers)
      // One function may be called for several.
      const one = () => heard()
      hearers.heard.add(one)
      return () => void hearers.heard.delete(one)
    },
    /** Says that the head has moved. */
    moved: (): void => {
      for (const [within, hearers] of byDelay) {
        if (hearers.timer !== undefined || hearers.heard.size === 0) continue
        const call = () => {
          hearers.timer = undefined
          for (const heard of hearers.heard) heard()
        }
        if (within === 0) call()
        else hearers.timer = setTimeout(call, within)
      }
    },
    close: (): void => {
      for (const { timer } of byDelay.values()) clearTimeout(timer)
      byDelay.clear()
    },
  }
}
