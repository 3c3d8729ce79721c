import { positionListeners, type PositionListeners } from './listeners.ts'
import type { PositionNews } from './port.ts'

/** Announcements within one process, between those that open it. @returns opens it */
export const memoryPositionNews = (): (() => PositionNews) => {
  const all = new Set<PositionListeners>()
  return () => {
    const listeners = positionListeners()
    all.add(listeners)
    return {
      request: async (names) => {
        for (const one of all) one.requested(names)
      },
      announce: async (positions) => {
        for (const one of all) one.announced(positions)
      },
      onRequest: listeners.onRequest,
      onAnnounced: listeners.onAnnounced,
      close: async () => void all.delete(listeners),
    }
  }
}
