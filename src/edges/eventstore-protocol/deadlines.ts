/** Things under way, each with a deadline in ms since 1970. */
export type Deadlines<Item extends { readonly deadline: number }> = {
  readonly add: (item: Item) => void
  /** Ends one. Gives false where its deadline was over before. */
  readonly settle: (item: Item) => boolean
  readonly clear: () => void
}

/** A timer takes no more ms at once. */
const longest = 2 ** 31 - 1

/**
 * Watches deadlines with one timer, however many there are.
 * @param passed called with each item whose deadline passes before it is settled
 */
export const deadlines = <Item extends { readonly deadline: number }>(
  passed: (item: Item) => void,
): Deadlines<Item> => {
  const open = new Set<Item>()
  let timer: NodeJS.Timeout | undefined
  let timed = Infinity

  const arm = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (timed === Infinity) return
    timer = setTimeout(look, Math.min(Math.max(timed - Date.now(), 0), longest))
  }
  const look = (): void => {
    const now = Date.now()
    timed = Infinity
    for (const item of open)
      if (item.deadline <= now) {
        open.delete(item)
        passed(item)
      } else timed = Math.min(timed, item.deadline)
    arm()
  }

  return {
    add: (item) => {
      open.add(item)
      if (item.deadline >= timed) return
      timed = item.deadline
      arm()
    },
    settle: (item) => open.delete(item),
    clear: () => {
      open.clear()
      clearTimeout(timer)
    },
  }
}
