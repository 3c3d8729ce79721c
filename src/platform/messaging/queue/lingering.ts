/** Items that may wait to be sent together with others. */
export type Lingering<Item, Answer> = {
  /** Sends an item together with the next one that does not wait, after `linger` ms at the latest. */
  readonly add: (item: Item, linger: number) => Promise<Answer>
  /** Sends all waiting items. */
  readonly flush: () => void
}

/**
 * Delays items so that they are sent together with later ones, in the same turn of the event loop, for a `send` that coalesces.
 * @param send sends one item
 */
export const lingering = <Item, Answer>(
  send: (item: Item) => Promise<Answer>,
): Lingering<Item, Answer> => {
  let waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  /** When the timer is due, ms of the monotonic clock. */
  let due = Infinity

  const flush = (): void => {
    clearTimeout(timer)
    due = Infinity
    const all = waiting
    waiting = []
    for (const go of all) go()
  }

  return {
    add: (item, linger) => {
      if (linger <= 0) {
        flush()
        return send(item)
      }
      const at = performance.now() + linger
      if (at < due) {
        clearTimeout(timer)
        timer = setTimeout(flush, linger)
        due = at
      }
      return new Promise((resolve) => {
        waiting.push(() => resolve(send(item)))
      })
    },
    flush,
  }
}
