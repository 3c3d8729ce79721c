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

/** Keeps the bells of the workers in this process. */
export const createBells = (): Bells => {
  const bells = new Map<string, Set<Bell>>()
  return {
    add: (queue, bell) => {
      bells.set(queue, (bells.get(queue) ?? new Set()).add(bell))
    },
    remove: (queue, bell) => {
      bells.get(queue)?.delete(bell)
    },
    ring: (queue) => {
      const rung = queue === undefined ? bells.values() : [bells.get(queue) ?? []]
      for (const some of rung) for (const bell of some) bell.ring()
    },
  }
}
