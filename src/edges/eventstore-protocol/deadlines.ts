/** Pending items, each with a deadline in ms since 1970. */
export type Deadlines<Item extends { readonly deadline: number }> = {
  readonly add: (item: Item) => void
  /** Removes an item. Returns false where its deadline had passed before. */
  readonly settle: (item: Item) => boolean
  readonly clear: () => void
}

/** Maximum delay of a timer, in ms. */
const maxDelayMs = 2 ** 31 - 1

/**
 * Watches any number of deadlines with one timer.
 * @param passed called with each item whose deadline passes before it is settled
 */
export const deadlines = <Item extends { readonly deadline: number }>(
  passed: (item: Item) => void,
): Deadlines<Item> => {
  const open = new Set<Item>()
  let timer: NodeJS.Timeout | undefined
  let nextDeadline = Infinity

  const arm = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (nextDeadline === Infinity) return
    timer = setTimeout(check, Math.min(Math.max(nextDeadline - Date.now(), 0), maxDelayMs))
  }
  const check = (): void => {
    const now = Date.now()
    nextDeadline = Infinity
    for (const item of open)
      if (item.deadline <= now) {
        open.delete(item)
        passed(item)
      } else nextDeadline = Math.min(nextDeadline, item.deadline)
    arm()
  }

  return {
    add: (item) => {
      open.add(item)
      if (item.deadline >= nextDeadline) return
      nextDeadline = item.deadline
      arm()
    },
    settle: (item) => open.delete(item),
    clear: () => {
      open.clear()
      clearTimeout(timer)
    },
  }
}
