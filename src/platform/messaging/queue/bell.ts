/** Signal that wakes a worker. */
export type Bell = {
  /** Wakes the present waiter, or the next one. */
  readonly ring: () => void
  /** Discards earlier rings. */
  readonly reset: () => void
  /** Resolves at the next ring, at once if it has rung since the last reset, and after `ms` at the latest. */
  readonly wait: (ms?: number) => Promise<void>
}

/** Creates a bell for one waiter. */
export const createBell = (): Bell => {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    reset: () => {
      rung = false
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (rung) {
          resolve()
          return
        }
        const timer = ms === undefined ? undefined : setTimeout(() => wake?.(), ms)
        wake = () => {
          clearTimeout(timer)
          wake = undefined
          resolve()
        }
      }),
  }
}

/** The bells of several queues. */
export type Bells = {
  readonly add: (queue: string, bell: Bell) => void
  readonly remove: (queue: string, bell: Bell) => void
  /** Rings the bells of one queue, or of all. */
  readonly ring: (queue?: string) => void
}

/**
 * The bells of the workers in this process.
 * @param every interval at which all bells ring together, in ms: workers that poll at the same time share a statement
 */
export const createBells = (every: number): Bells => {
  const bells = new Map<string, Set<Bell>>()
  let polling: NodeJS.Timeout | undefined
  const ring = (queue?: string): void => {
    const rung = queue === undefined ? bells.values() : [bells.get(queue) ?? []]
    for (const some of rung) for (const bell of some) bell.ring()
  }
  return {
    add: (queue, bell) => {
      bells.set(queue, (bells.get(queue) ?? new Set()).add(bell))
      polling ??= setInterval(() => ring(), every)
    },
    remove: (queue, bell) => {
      bells.get(queue)?.delete(bell)
      if (bells.get(queue)?.size === 0) bells.delete(queue)
      if (bells.size > 0) return
      clearInterval(polling)
      polling = undefined
    },
    ring,
  }
}
