import { throughStore } from './outbox.ts'
import type { ProcessBus, ProcessBusOptions } from './port.ts'

/** Process bus in memory: connects all buses that are opened on this object. */
export const memoryProcessBus = (): {
  readonly open: (options?: ProcessBusOptions) => Promise<ProcessBus>
} => {
  const members = new Set<(line: string) => void>()
  return {
    open: (options = {}) =>
      throughStore(async (deliver) => {
        members.add(deliver)
        return {
          put: async (lines) => {
            for (const line of lines) for (const member of members) member(line)
          },
          close: async () => void members.delete(deliver),
        }
      }, options),
  }
}
