import { throughStore } from './outbox.ts'
import type { Between, BetweenOptions } from './port.ts'

/** Connects what is in one process: everything that is opened here hears the others. */
export const memoryBetween = (): {
  readonly open: (options?: BetweenOptions) => Promise<Between>
} => {
  const members = new Set<(line: string) => void>()
  return {
    open: (options = {}) =>
      throughStore(async (taken) => {
        members.add(taken)
        return {
          put: async (lines) => {
            for (const line of lines) for (const member of members) member(line)
          },
          close: async () => void members.delete(taken),
        }
      }, options),
  }
}
