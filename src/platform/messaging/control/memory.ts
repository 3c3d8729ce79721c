import { bell } from '../../bell.ts'
import type { Control } from './port.ts'

/** Control of the followers in one process. */
export const memoryControl = (): Control => {
  const news = bell()
  const paused = new Set<string>()
  return {
    news,
    announce: async () => news.ring(),
    paused: async () => new Set(paused),
    pause: async (name) => {
      paused.add(name)
      news.ring()
    },
    resume: async (name) => {
      paused.delete(name)
      news.ring()
    },
    close: async () => undefined,
  }
}
