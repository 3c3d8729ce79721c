import { createHook } from 'node:async_hooks'

/**
 * Counts the asynchronous resources that are made while work is done, by type: `PROMISE`, `Timeout`, `Immediate`,
 * `TickObject` and so on (`node:async_hooks`). Whatever else this process does meanwhile is counted as well.
 */
export const asyncCounts = async (
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {}
  const hook = createHook({
    init: (_id, type) => {
      counts[type] = (counts[type] ?? 0) + 1
    },
  })
  hook.enable()
  try {
    await work()
  } finally {
    hook.disable()
  }
  return counts
}
