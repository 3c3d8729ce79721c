import type { AnnouncedPosition } from './port.ts'

type OnRequest = (names: readonly string[]) => void
type OnAnnounced = (positions: readonly AnnouncedPosition[]) => void

/** The listeners of one process. */
export const positionListeners = () => {
  const requests = new Set<OnRequest>()
  const announcements = new Set<OnAnnounced>()
  return {
    onRequest: (listener: OnRequest): void => void requests.add(listener),
    onAnnounced: (listener: OnAnnounced): void => void announcements.add(listener),
    requested: (names: readonly string[]): void => {
      for (const listener of requests) listener(names)
    },
    announced: (positions: readonly AnnouncedPosition[]): void => {
      for (const listener of announcements) listener(positions)
    },
  }
}

export type PositionListeners = ReturnType<typeof positionListeners>
