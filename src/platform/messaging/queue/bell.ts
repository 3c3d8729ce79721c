/** Wakes whoever waits for work. */
export type Bell = {
  /** Wakes the waiting one, or the next to wait. */
  readonly ring: () => void
  /** Forgets what rang until now. */
  readonly silence: () => void
  /** Resolves when it rings, at once when it has rung since it was silenced, and after `ms` at the latest. */
  readonly heard: (ms?: number) => Promise<void>
}

/** A bell for one who waits. */
export const createBell = (): Bell => {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    silence: () => {
      rung = false
    },
    heard: (ms) =>
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
  /** Rings for one queue, or for all. */
  readonly ring: (queue?: string) => void
}

/**
 * Keeps the bells of the workers in this process.
 * @param every all bells ring together so often, ms: workers that poll at the same time share a statement
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
