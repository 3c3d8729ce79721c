/** Work that follows from one recorded event, in the order in which it arises. */
export type WorkQueue = {
  readonly add: (task: () => Promise<void>) => void
  /** Runs all of it, also what is added meanwhile. */
  readonly finish: () => Promise<void>
}

/**
 * Creates a queue of work.
 * @param most tasks that may follow from one event
 * @param onMore called when there are more, which are dropped
 */
export const workQueue = (most: number, onMore: () => void): WorkQueue => {
  let tasks: (() => Promise<void>)[] = []
  return {
    add: (task) => void tasks.push(task),
    finish: async () => {
      for (let done = 0; tasks.length > 0; done += 1) {
        if (done === most) {
          tasks = []
          onMore()
          return
        }
        await tasks.shift()!()
      }
    },
  }
}
