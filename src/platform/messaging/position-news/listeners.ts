/** The listeners of one process. */
export const positionListeners = () => {
  const requests = new Set<(names: readonly string[]) => void>()
  const announcements = new Set<(positions: ReadonlyMap<string, bigint>) => void>()
  return {
    onRequest: (listener: (names: readonly string[]) => void): void => void requests.add(listener),
    onAnnounced: (listener: (positions: ReadonlyMap<string, bigint>) => void): void =>
      void announcements.add(listener),
    requested: (names: readonly string[]): void => {
      for (const listener of requests) listener(names)
    },
    announced: (positions: ReadonlyMap<string, bigint>): void => {
      for (const listener of announcements) listener(positions)
    },
  }
}

export type PositionListeners = ReturnType<typeof positionListeners>
